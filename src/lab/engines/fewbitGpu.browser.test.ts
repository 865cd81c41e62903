/** The GPU's row in Chromium, on its software adapter: the interpreter's very logits, in evaluation and in the race. */
import { expect, test } from 'vitest';
import { runInteger } from '../../integer/reference/run.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { channelsFirst } from '../../onnx/layout.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { openFewbitLane } from '../race/fewbitLane.ts';
import { openNetwork } from './engines.ts';
import { whyNotTimed } from './fewbitGpu.ts';
import type { Here, Made } from './types.ts';

const model = seededFloatModel(twoBlocks);
const here = {
  device: { backend: 'wasm', description: '', threads: 1, crossOriginIsolated: true },
  helpers: { threads: 1 },
} as unknown as Here;

/** Numbers between -2 and 2, the same every time. */
const images = Float32Array.from({ length: 3 * 8 * 8 * 3 }, (_, i) => 2 * Math.sin(i * i));
const quantized = withSeededWeights(twoBlocks, schemeFor('modern', 4, 4));
const made: Made = { model, quantized };

test('4 bits on the GPU are the interpreter’s, code for code, and it is said where they ran', async () => {
  const network = await openNetwork('fewbit-webgpu', made, here);
  expect(await network.run(images, 3)).toEqual(runInteger(quantized, images, 3));
  expect(network.ranOn).toMatchObject({ backend: 'webgpu', threads: 1 });
  expect(network.ranOn.description).toMatch(/^in integers, .+ \(WebGPU\), dot products of packed bytes$/);
  await expect(network.run(images, 3, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await network.close();
});

test('an adapter that only imitates a GPU is not raced against WebAssembly, and float32 cannot be', async () => {
  expect(await whyNotTimed(here, made)).toMatch(/only imitates a GPU on the processor/);
  expect(await whyNotTimed(here, { model, quantized: null })).toMatch(/computes in integers only/);
});

test('float32 is refused in a sentence', async () => {
  await expect(openNetwork('fewbit-webgpu', { model, quantized: null }, here)).rejects.toThrow(
    'computes in integers only: choose a bitwidth.',
  );
});

test('as a lane of the race it gives the same logits, and each layer’s tile and time', async () => {
  const file = new Uint8Array(1);
  const { lane, threads } = openFewbitLane('fewbit-webgpu', here, () => made);
  expect(threads).toBe(1);
  const input = { data: channelsFirst(images, 3, 3), dims: [3, 3, 8, 8] as const };
  const { id, operators, heapBytes } = await lane.open(file, input);
  expect((await lane.run(id, input)).logits).toEqual(runInteger(quantized, images, 3));
  expect(operators.map(({ operator }) => operator)).toContain('fc');
  expect(operators.find(({ operator }) => operator === 'fc')?.provider).toMatch(/^\d+x\d+/);
  expect(heapBytes).toBeGreaterThan(0);
  await lane.close(id);
});
