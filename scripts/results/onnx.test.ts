/** The section on ONNX files says what its rows say, and no more. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onnxSection, readOnnxRows, type CheckRow, type TimeRow } from './onnx.ts';

const CHECK: CheckRow = {
  model: 'resnet50',
  dataset: 'imagenette',
  side: 160,
  classes: 10,
  weightBits: 4,
  onnxBytes: 12_345_678,
  plainInt8Bytes: 23_456_789,
  readBack: true,
  loadsInNode: true,
  operators: { QLinearConv: 53, Clip: 70 },
  codesCompared: 1000,
  codesDiffering: 0,
  logitsDiffering: 0,
  images: 200,
  interpreterTop1: 0.5,
  runtimeTop1: 0.5,
  answersDiffering: 0,
};
const TIME: TimeRow = {
  model: 'resnet18',
  side: 224,
  classes: 1000,
  file: 'packed',
  bits: 4,
  bytes: 6_190_000,
  loadProcessorMs: 90,
  medianProcessorMs: 50,
  low95: 49,
  high95: 51,
  timesAsFastAsFloat32: 2,
  timeAgainstPlainInt8: 1.01,
  runs: 15,
  threads: 1,
  cpu: 'a processor',
  backend: 'a runtime',
  command: 'npx x',
  loadAverage: 3,
};
const TIMES: readonly TimeRow[] = [
  { ...TIME, file: 'float32', bits: 32, bytes: 46_000_000, medianProcessorMs: 100, timesAsFastAsFloat32: 1 },
  { ...TIME, file: 'int8', bytes: 11_760_000, loadProcessorMs: 40, medianProcessorMs: 49.5 },
  TIME,
];

test('sizes beside their limits, equality summed up, times beside those they took turns with', () => {
  const section = onnxSection({ checks: [CHECK], times: TIMES });
  expect(section).toContain('1 of 1 files are within their limit');
  expect(section).toContain('| 4 | 6.190 | 6.2 | 11.760 |');
  expect(section).toContain(
    "1,000 codes of 1 files were compared with the integer interpreter's: none differs. Of 200 answers 0 differ. 1 files gave back",
  );
  expect(section).toContain(
    '| ResNet-50 | Imagenette, 160 × 160 | 4 | 12.346 | 23.457 | 0 of 1,000 | 0 | 53 | 0 | 50.00% | 50.00% | 0 of 200 |',
  );
  expect(section).toContain('| ResNet-18 | 4 | 100.0 | 49.5 | 50.0 (49.0–51.0) | 2.00 | 1.01 | 40 | 90 | 15 |');
});

test('a file that is too large, differs, or was not folded is said to', () => {
  const section = onnxSection({
    checks: [
      CHECK,
      {
        ...CHECK,
        weightBits: 3,
        codesDiffering: 7,
        answersDiffering: 2,
        readBack: false,
        operators: { Conv: 1, QLinearConv: 52, BitwiseAnd: 4 },
      },
    ],
    times: TIMES.map((row) => (row.file === 'packed' ? { ...row, bytes: 6_200_001 } : row)),
  });
  expect(section).toContain('0 of 1 files are within their limit');
  expect(section).toContain(
    '7 differ. Of 400 answers 2 differ. 1 files gave back the very model they were written from, 2 load in onnxruntime-node, and in 1 nothing of the unpacking was left',
  );
  expect(section).toContain('| 7 of 1,000 | 0 | 52 | 5 |');
});

test('a row of another kind is refused by its line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fewbit-onnx-'));
  writeFileSync(join(folder, 'onnx.jsonl'), `${JSON.stringify(CHECK)}\n{"ratio":2}\n`);
  expect(() => readOnnxRows(folder)).toThrow('docs/results/onnx.jsonl, line 2: is a row of neither');
  rmSync(folder, { recursive: true });
});
