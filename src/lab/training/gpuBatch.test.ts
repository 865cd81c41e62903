import { describe, expect, test } from 'vitest';
import { resnet18, resnet20, resnet50 } from '../../graph/networks/resnet.ts';
import { gpuBatch } from './gpuBatch.ts';

const MB = 2 ** 20;
/** What WebGPU promises of every GPU. */
const LEAST_GPU = { maxBufferSize: 256 * MB, maxStorageBufferBindingSize: 128 * MB };
const DESKTOP = { maxBufferSize: 2048 * MB, maxStorageBufferBindingSize: 2048 * MB };

describe('images in a step of a watched training', () => {
  test('ResNet-20: the recipe’s on a desktop, a quarter where a GPU promises only what WebGPU asks of all', () => {
    expect(gpuBatch(resnet20(), DESKTOP)).toBe(64);
    expect(gpuBatch(resnet20(), LEAST_GPU)).toBe(16);
  });

  test('a larger network takes fewer, down to four', () => {
    const wide = gpuBatch(resnet18({ inputSize: 160 }), DESKTOP);
    expect(wide).toBeLessThan(64);
    expect(gpuBatch(resnet50({ inputSize: 160 }), DESKTOP)).toBeLessThanOrEqual(wide);
    expect(gpuBatch(resnet50({ inputSize: 224 }), LEAST_GPU)).toBe(4);
  });

  test('no tensor is larger than one binding', () => {
    // 65,536 bytes an image are the largest output of ResNet-20.
    expect(gpuBatch(resnet20(), { ...DESKTOP, maxStorageBufferBindingSize: 64 * 65_536 })).toBe(64);
    expect(gpuBatch(resnet20(), { ...DESKTOP, maxStorageBufferBindingSize: 64 * 65_536 - 1 })).toBe(32);
  });
});
