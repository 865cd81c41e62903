import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineSection, readEngineRows } from './engine.ts';

const ROW = {
  kind: 'time',
  model: 'resnet20',
  side: 32,
  race: 1,
  engine: 'fewbit',
  form: 'w4a4',
  threads: 1,
  dot: 'plain',
  medianMs: 0.75,
  lowMs: 0.74,
  highMs: 0.77,
  bestMs: 0.7,
  runs: 30,
  kernels: { int8Sum16: 20, int16: 2 },
  memoryBytes: 524_288,
  logitsDiffer: 0,
  loadAverage: 2,
  cores: 2,
  cpu: 'a processor',
  weights: 'seeded',
  commit: 'c0ffee',
  command: 'npx tsx bench/engine.ts',
};
const ORT = {
  ...ROW,
  engine: 'onnxruntime',
  form: 'fp32',
  medianMs: 3,
  lowMs: 2.9,
  highMs: 3.1,
  bestMs: 2.1,
  kernels: null,
};

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fewbit-engine-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function section(...rows: object[]): string {
  writeFileSync(join(folder, 'engine.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return engineSection(readEngineRows(folder));
}

test('a ratio that the best runs do not reach is said to be short', () => {
  const text = section(ROW, { ...ORT, memoryBytes: null, logitsDiffer: null });
  expect(text).toContain('0 of 1 ratios that could be measured');
  expect(text).toContain('short: ResNet-20 onnxruntime fp32 / fewbit w4a4 relaxed SIMD without VNNI (4, best runs 3)');
  expect(text).toContain('There are no rows with VNNI');
  expect(text).toContain('| Fewbit | w4a4 | 1 | 0.75 | 0.74–0.77 | 0.7 |  | int8Sum16 20, int16 2 | 0.5 | 30 |');
});

test('what was measured again takes the place of what was there', () => {
  const text = section(ROW, { ...ROW, medianMs: 0.5 });
  expect(text).toContain('| Fewbit | w4a4 | 1 | 0.5 |');
  expect(text).not.toContain('| Fewbit | w4a4 | 1 | 0.75 |');
});

test('logits that differ from ONNX Runtime are counted', () => {
  expect(section(ROW, { ...ROW, form: 'w8a8', logitsDiffer: 1e-6 })).toContain('Of 2 quantized networks');
  expect(section(ROW, { ...ROW, form: 'w8a8', logitsDiffer: 1e-6 })).toContain('1 gave other logits');
});

test('a row of another script is refused by its line', () => {
  expect(() => section(ROW, { bench: 'snap' })).toThrow(
    /docs\/results\/engine.jsonl, line 2: is no row of bench\/engine.ts/,
  );
});
