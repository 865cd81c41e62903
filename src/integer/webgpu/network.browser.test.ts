/** The integer engine's shaders in Chromium, on its software adapter: code for code as the plain interpreter. */
import { beforeAll, describe, expect, test } from 'vitest';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { runInteger } from '../reference/run.ts';
import { openGpuDevice, whyNoGpu, type GpuDevice } from './device.ts';
import { openGpuNetwork } from './network.ts';
import { depthwiseNetworks, randomNetworks, smallResnet18, wholeResnet20 } from './testing/checks.ts';

let gpu: GpuDevice;
beforeAll(async () => {
  gpu = await openGpuDevice();
});

test.each([
  randomNetworks(1, 150, ['64x16', '16x16 in 4 slices']),
  depthwiseNetworks(1, 100, ['64x16', '16x16 in 4 slices']),
  wholeResnet20(8, 1, '64x16'),
  wholeResnet20(2, 1, '64x16'),
  smallResnet18(4, '64x16'),
])('$name', async ({ run }) => {
  expect(await run(gpu)).toBeNull();
});

const model = randomModel(7);
const images = randomImages(model, 3, 1);

test('straight from pixels the codes are those of normalized numbers', async () => {
  const [height, width, channels] = model.graph.inputShape;
  const table = Float32Array.from({ length: channels * 256 }, (_, i) => ((i & 255) / 255 - 0.4) / (0.2 + (i >> 8)));
  const pixels = Uint8Array.from({ length: 3 * height * width * channels }, (_, i) => (i * 37) & 255);
  const network = await openGpuNetwork(model, gpu, { choose: '16x16 in 4 slices', batch: 2 });
  const normalized = Float32Array.from(pixels, (pixel, i) => table[(i % channels) * 256 + pixel]);
  // Two runs that are asked for at once do not disturb each other.
  const [one, other] = await Promise.all([network.runPixels(pixels, 3, table), network.run(images, 3)]);
  expect(one).toEqual(runInteger(model, normalized, 3));
  expect(other).toEqual(runInteger(model, images, 3));
  network.close();
});

test('says where it runs, with which tiles and why, and how much it holds', async () => {
  const network = await openGpuNetwork(model, gpu, { batch: 1 });
  expect(network.layers()).toEqual([]);
  await network.run(images, 3);
  expect(network.description).toMatch(/\(WebGPU\), dot products of packed bytes$/);
  expect(network.layers().map(({ name }) => name)).toEqual([...model.weights.keys()]);
  expect(network.layers().every(({ why }) => why.includes('only imitates a GPU'))).toBe(true);
  expect(network.bytes).toBeGreaterThan(network.weightBytes);
  const times = await network.timeLayers(1);
  expect(times.map(({ name }) => name)).toEqual(['input', ...model.graph.nodes.map(({ name }) => name)]);
  expect(times.every(({ ms }) => ms >= 0 && ms < Infinity)).toBe(true);
  network.close();
});

describe('refuses', () => {
  test('an input of another size, a NaN, and to run once it is closed', async () => {
    const network = await openGpuNetwork(model, gpu, { choose: '16x16 in 4 slices' });
    await expect(network.run(images, 2)).rejects.toThrow(/2 images of \d+ x \d+ x \d+ are \d+ numbers, not/);
    const odd = images.slice();
    odd[images.length - 1] = NaN;
    await expect(network.run(odd, 3)).rejects.toThrow(`the input: value ${images.length - 1} is NaN`);
    await expect(network.run(images, 3, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await network.run(images, 3)).toEqual(runInteger(model, images, 3));
    network.close();
    await expect(network.run(images, 3)).rejects.toThrow('random was closed');
  });

  test('a WebGPU without dot products, and a browser without WebGPU, in a sentence', async () => {
    const without = { wgslLanguageFeatures: new Set(), requestAdapter: async () => null } as unknown as GPU;
    expect(await whyNoGpu(without)).toMatch(/no dot products of packed bytes.*WebAssembly\.$/);
    await expect(openGpuDevice(without)).rejects.toThrow('packed_4x8_integer_dot_product');
  });

  test('a GPU that is lost says so, whatever runs', async () => {
    const other = await openGpuDevice();
    const network = await openGpuNetwork(model, other, { choose: '16x16 in 4 slices', batch: 4 });
    const running = network.run(images, 3);
    other.device.destroy();
    await expect(running).rejects.toThrow(/^The GPU was lost/);
    await expect(network.run(images, 3)).rejects.toThrow(/^The GPU was lost/);
    network.close();
  });
});
