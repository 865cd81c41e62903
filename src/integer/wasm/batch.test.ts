/** Images by the batch, each in one thread: the codes of images run one at a time, whatever the threads. */
import { expect, test } from 'vitest';
import { runInteger } from '../reference/run.ts';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { batchRoom } from './batch.ts';
import { startNodeHelper } from './host/node.ts';
import { openFloatNetwork, openIntegerNetwork } from './network.ts';
import { initialWeights } from '../../graph/init.ts';

const model = randomModel(7);
/** More than a batch has room for. */
const COUNT = 70;
const images = randomImages(model, COUNT, 1);
const expected = runInteger(model, images, COUNT);
const { inputShape } = model.graph;
const size = images.length / COUNT;
const slices = { pause: () => Promise.resolve(), sliceMs: 1000 };

const opened = (threads: number) =>
  openIntegerNetwork(model, { choose: 'fixed', threads, startHelper: startNodeHelper });

test.each([1, 2, 3])('%d threads: the interpreter’s logits, at once and in slices', async (threads) => {
  expect(batchRoom(model.graph, threads)).toBeGreaterThan(0);
  expect(batchRoom(model.graph, threads)).toBeLessThan(COUNT);
  const network = await opened(threads);
  expect(network.threads).toBe(threads);
  expect(network.run(images, COUNT)).toEqual(expected);
  expect(await network.runInSlices(images, COUNT, slices)).toEqual(expected);
  expect(network.run(images.subarray(0, size), 1)).toEqual(expected.subarray(0, expected.length / COUNT));
  // Once more, by the batch after one alone.
  expect(network.run(images, COUNT)).toEqual(expected);
  network.close();
});

test.each([1, 2])('%d threads: straight from pixels, too', async (threads) => {
  const [, , channels] = inputShape;
  const table = Float32Array.from({ length: channels * 256 }, (_, i) => ((i & 255) / 255 - 0.4) / (0.2 + (i >> 8)));
  const pixels = Uint8Array.from({ length: COUNT * size }, (_, i) => (i * 37) & 255);
  const normalized = Float32Array.from(pixels, (pixel, i) => table[(i % channels) * 256 + pixel]);
  const network = await opened(threads);
  const logits = runInteger(model, normalized, COUNT);
  expect(network.runPixels(pixels, COUNT, table)).toEqual(logits);
  expect(await network.runPixelsInSlices(pixels, COUNT, table, slices)).toEqual(logits);
  network.close();
});

test('float32 gives the same numbers by the batch as one at a time', async () => {
  const { graph } = model;
  const network = await openFloatNetwork(
    { graph, weights: initialWeights(graph, 1) },
    { threads: 2, startHelper: startNodeHelper },
  );
  const together = network.run(images, COUNT);
  const apart = Array.from({ length: COUNT }, (_, i) => [...network.run(images.subarray(i * size, (i + 1) * size), 1)]);
  expect([...together]).toEqual(apart.flat());
  network.close();
});

test('a NaN is found wherever it is in a batch, and the next batch knows nothing of it', async () => {
  const network = await opened(2);
  const at = 66 * size + 3;
  const odd = images.slice();
  odd[at] = NaN;
  const message = `the input: value ${at} is NaN and cannot be quantized.`;
  expect(() => network.run(odd, COUNT)).toThrow(message);
  await expect(network.runInSlices(odd, COUNT, slices)).rejects.toThrow(message);
  expect(network.run(images, COUNT)).toEqual(expected);
  network.close();
});

test('large images are run one at a time, with the memory that one takes', async () => {
  expect(batchRoom({ ...model.graph, inputShape: [224, 224, 3] }, 1)).toBe(0);
  expect(batchRoom({ ...model.graph, inputShape: [32, 32, 3] }, 4)).toBe(64);
});

test('a pause that throws ends the run between two batches; the network runs on afterwards', async () => {
  const network = await opened(2);
  let pauses = 0;
  const stop = {
    sliceMs: 1e-3,
    pause: () => (++pauses > 5 ? Promise.reject(new Error('cancelled')) : Promise.resolve()),
  };
  await expect(network.runInSlices(images, COUNT, stop)).rejects.toThrow('cancelled');
  expect(network.run(images, COUNT)).toEqual(expected);
  network.close();
});
