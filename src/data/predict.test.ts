import { expect, test } from 'vitest';
import { normalizationTable } from './normalize.ts';
import { createAnswered, predict, type Network } from './predict.ts';
import type { ImageSet } from './types.ts';

const NORMALIZATION = { mean: [0, 0, 0], std: [1, 1, 1] };

/** One pixel an image; its red value is the class, and the label of every other image is right. */
const set: ImageSet = {
  height: 1,
  width: 1,
  count: 7,
  pixels: Uint8Array.from({ length: 21 }, (_, i) => (i % 3 === 0 ? 85 * ((i / 3) % 4) : 0)),
  labels: Int32Array.from({ length: 7 }, (_, i) => (i % 2 === 0 ? i % 4 : (i + 1) % 4)),
  classes: ['a', 'b', 'c', 'd'],
};

/** Answers with the class that is the first pixel's red value; every batch is written down. */
function redNetwork(batches: number[]): Pick<Network, 'run'> {
  return {
    async run(images, n) {
      batches.push(n);
      const logits = new Float32Array(n * 4);
      for (let i = 0; i < n; i++) logits[i * 4 + Math.round(images[i * 3] * 3)] = 1;
      return logits;
    },
  };
}

test('every image is answered in order, the ragged last batch included, and the right ones are counted', async () => {
  const batches: number[] = [];
  const progress: (readonly [number, number])[] = [];
  const predicted = await predict(redNetwork(batches), set, NORMALIZATION, {
    batchSize: 3,
    onProgress: (done, total) => progress.push([done, total]),
  });
  expect(batches).toEqual([3, 3, 1]);
  expect(progress).toEqual([
    [3, 7],
    [6, 7],
    [7, 7],
  ]);
  expect([...predicted.classes]).toEqual([0, 1, 2, 3, 0, 1, 2]);
  expect(predicted.logits).toHaveLength(28);
  expect(predicted.top1).toBe(4 / 7);
});

test('a network that takes pixels is given those of the same images, with the normalization as a table', async () => {
  const seen: number[][] = [];
  const network = {
    run: () => Promise.reject(new Error('It takes pixels.')),
    runPixels(pixels: Uint8Array, n: number, table: Float32Array) {
      seen.push([n, ...pixels.subarray(0, 2)]);
      expect(table).toEqual(normalizationTable(NORMALIZATION));
      return Promise.resolve(new Float32Array(n * 4));
    },
  };
  const { logits } = await predict(network, set, NORMALIZATION, { batchSize: 3, first: 2, count: 4 });
  const size = set.pixels.length / set.count;
  expect(seen).toEqual([
    [3, ...set.pixels.subarray(2 * size, 2 * size + 2)],
    [1, ...set.pixels.subarray(5 * size, 5 * size + 2)],
  ]);
  expect(logits).toHaveLength(16);
  await expect(predict(network, set, NORMALIZATION, { first: 5, count: 9 })).rejects.toThrow(RangeError);
});

test('of a part of the set the labels are that part’s', async () => {
  const { classes, top1 } = await predict(redNetwork([]), set, NORMALIZATION, { first: 5, count: 2 });
  expect([...classes]).toEqual([1, 2]);
  expect(top1).toBe(0.5);
});

test('a cancel is heard between two batches, wherever it comes from', async () => {
  const batches: number[] = [];
  const abort = new AbortController();
  const cut = predict(redNetwork(batches), set, NORMALIZATION, {
    batchSize: 2,
    signal: abort.signal,
    onProgress: (done) => done === 4 && abort.abort(),
  });
  await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
  expect(batches).toEqual([2, 2]);

  const message = new AbortController();
  const told: number[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    message.abort();
    port1.close();
  };
  const onProgress = (done: number): void => void (done === 2 && port2.postMessage(null));
  const heard = predict(redNetwork(told), set, NORMALIZATION, { batchSize: 1, signal: message.signal, onProgress });
  await expect(heard).rejects.toMatchObject({ name: 'AbortError' });
  expect(told.length).toBeLessThan(7);

  const before = predict(redNetwork(told), set, NORMALIZATION, { signal: AbortSignal.abort() });
  await expect(before).rejects.toMatchObject({ name: 'AbortError' });
});

test('a run that was stopped goes on after the images it has answered, and asks before each batch who goes first', async () => {
  const whole = await predict(redNetwork([]), set, NORMALIZATION);
  const begun = createAnswered();
  const abort = new AbortController();
  const cut = predict(redNetwork([]), set, NORMALIZATION, {
    batchSize: 2,
    begun,
    signal: abort.signal,
    onProgress: (done) => done === 4 && abort.abort(),
  });
  await expect(cut).rejects.toThrow();
  const batches: number[] = [];
  const order: string[] = [];
  const gone = await predict(redNetwork(batches), set, NORMALIZATION, {
    batchSize: 2,
    begun,
    standAside: () => Promise.resolve().then(() => void order.push('aside')),
    onProgress: (done) => order.push(`${done}`),
  });
  expect(batches).toEqual([2, 1]);
  expect(order).toEqual(['aside', '6', 'aside', '7']);
  expect(gone).toEqual(whole);
  const fewer = await predict(redNetwork(batches), set, NORMALIZATION, { count: 3, begun });
  expect(batches, 'fewer images than are known: nothing is run').toEqual([2, 1]);
  expect([...fewer.classes]).toEqual([...whole.classes.subarray(0, 3)]);
});
