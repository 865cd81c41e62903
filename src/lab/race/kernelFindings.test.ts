/** Why bits buy time is said where they did, and of the kernels that ran; results that contradict it give another sentence. */
import { expect, test } from 'vitest';
import { kernelFindings, mainKernel } from './kernelFindings.ts';
import type { RaceRow } from '../../contract/calls/race.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { Bits } from '../../quant/types.ts';

const WORKLOAD = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };

function row(bits: Bits | 32, medianMs: number, kernel: string, changes: Partial<RaceRow> = {}): RaceRow {
  return {
    settings: bits === 32 ? float32Settings(WORKLOAD) : ptqSettings(WORKLOAD, 'modern', bits),
    form: bits === 32 ? 'float32' : 'packed',
    lane: 'fewbit-1',
    threads: 1,
    batch: 1,
    bits,
    onnxBytes: 1,
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
    operators: [
      { operator: 'conv1', provider: 'int16', count: 1, ms: 0.1 },
      { operator: 'conv2', provider: kernel, count: 1, ms: 1 },
      { operator: 'add', provider: 'pointwise', count: 1, ms: 9 },
    ],
    agrees: true,
    ...changes,
  };
}

const float32 = row(32, 4, 'float32');

test('faster widths buy time, each by what its kernel does', () => {
  expect(kernelFindings([float32, row(8, 1, 'int8'), row(4, 1, 'int8'), row(2, 0.8, 'lookUp')])).toEqual([
    '8 and 4 bits buy time: one instruction makes 16 products, where float32 makes 4.',
    '2 bits buy time: one look-up stands for 64 products of one bit, where float32 makes 4.',
  ]);
});

test('a width that is no faster, or slower, or cannot be told apart, buys none', () => {
  expect(kernelFindings([float32, row(8, 4.05, 'int16'), row(4, 1, 'int8Sum16'), row(2, 5, 'int16')])).toEqual([
    '8 and 2 bits buy no time that could be measured, although one instruction makes 8 products, where float32 makes 4.',
    '4 bits buy time: one instruction makes 16 products, where float32 makes 4.',
  ]);
});

test('nothing is said without float32, or of another engine’s lane', () => {
  expect(kernelFindings([row(8, 1, 'int8')])).toEqual([]);
  expect(kernelFindings([{ ...float32, lane: 'wasm-1' }, row(8, 1, 'int8', { lane: 'wasm-1' })])).toEqual([]);
});

test('the main kernel is the one that most time went into, layers without products aside', () => {
  expect(mainKernel(row(8, 1, 'int8'))).toBe('int8');
  expect(mainKernel(row(8, 1, 'int8', { operators: [] }))).toBeNull();
});
