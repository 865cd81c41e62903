/** What the findings claim, and what they do not. */
import { expect, test } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import type { Bits } from '../../quant/types.ts';
import { raceFindings } from './findings.ts';
import type { RaceRow } from '../../contract/calls/race.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';

const WORKLOAD = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };

function row(bits: Bits | 32, medianMs: number, changes: Partial<RaceRow> = {}): RaceRow {
  const settings =
    bits === 32
      ? float32Settings(WORKLOAD)
      : { ...ptqSettings(WORKLOAD, 'modern', bits), scheme: schemeFor('modern', bits, bits) };
  const operator = bits === 32 ? 'Conv' : 'QLinearConv';
  return {
    settings,
    form: bits === 32 ? 'float32' : 'packed',
    lane: 'wasm-1',
    threads: 1,
    batch: 1,
    bits,
    onnxBytes: bits * 1e6,
    loadMs: 1,
    firstRunMs: 1,
    medianMs,
    lowMs: medianMs * 0.98,
    highMs: medianMs * 1.02,
    p95Ms: medianMs,
    runs: 20,
    warmup: 3,
    imagesPerSecond: 1,
    heapBytes: 1,
    operators: [{ operator, provider: 'CPUExecutionProvider', count: 21, ms: 1 }],
    agrees: true,
    ...changes,
  };
}

test('the ratio to float32, and why fewer bits are no faster', () => {
  expect(raceFindings([row(32, 21), row(8, 10), row(4, 10.1)])).toEqual([
    'On WebAssembly with one thread, one image at a time, 8 bits run 2.1 times as fast as float32 (21.0 to 10.0 ms).',
    'On WebAssembly with one thread, one image at a time, 8 to 4 bits take the file from 8.00 MB to 4.00 MB and leave the time as it is, as far as it was measured: every width runs the same 21 QLinearConv, which compute in 8 bits.',
  ]);
});

test('no ratio where the intervals overlap, no reason where the operators do not show it', () => {
  const other = [{ operator: 'Conv', provider: 'CPUExecutionProvider', count: 21, ms: 1 }];
  const [ratio, widths] = raceFindings([row(32, 10), row(8, 10.1), row(4, 10, { operators: other })]);
  expect(ratio).toContain('8 bits cannot be told from float32 in time');
  expect(widths).toMatch(/leave the time as it is, as far as it was measured\.$/);
});

test('a slower width is called slower, and a slower int8 too', () => {
  const [ratio, widths] = raceFindings([row(32, 1000), row(8, 2000), row(2, 3000)]);
  expect(ratio).toContain('8 bits run 2.0 times slower than float32 (1,000 to 2,000 ms).');
  expect(widths).toContain('measured apart from 8 bits: 2 bits take more time (3,000 against 2,000 ms).');
});

test('lanes and batches are not mixed, and what left the GPU is told', () => {
  const fallback = [
    { operator: 'QuantizeLinear', provider: 'CPUExecutionProvider', count: 31, ms: 1 },
    { operator: 'Conv', provider: 'WebGpuExecutionProvider', count: 21, ms: 1 },
  ];
  const findings = raceFindings([row(32, 10, { batch: 8 }), row(8, 20, { lane: 'webgpu', operators: fallback })]);
  expect(findings).toEqual([
    'On WebGPU, one image at a time, the 8-bit file left the GPU for the processor in 31 QuantizeLinear.',
  ]);
});

test('a file that was brought is one of no width made here: it stands beside the one of its width', () => {
  const brought = (ms: number) =>
    row(4, ms, { settings: { ...row(4, ms).settings, file: 'mine.onnx 01234567' }, onnxBytes: 8e6 });
  const where = 'On WebAssembly with one thread, one image at a time, ';
  expect(raceFindings([row(4, 10), brought(10.1)])).toEqual([
    `${where}the 4-bit file that was brought (8.00 MB) cannot be told in time from the one quantized here (4.00 MB): their 95% intervals overlap.`,
  ]);
  expect(raceFindings([row(4, 10), brought(20)])).toEqual([
    `${where}the 4-bit file that was brought (8.00 MB) takes more time than the one quantized here (4.00 MB): 20.0 against 10.0 ms.`,
  ]);
  expect(raceFindings([row(32, 20), brought(10)])).toEqual([
    `${where}the 4 bits of the file that was brought run 2.0 times as fast as float32 (20.0 to 10.0 ms).`,
  ]);
  expect(raceFindings([row(8, 10), brought(20)])).toEqual([]);
});

test('nothing without rows', () => expect(raceFindings([])).toEqual([]));
