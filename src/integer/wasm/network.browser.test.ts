/** The engine in Chromium, which has relaxed SIMD: every kernel forced on every layer for which it is exact, against the plain loops. */
import { expect, test } from 'vitest';
import { askEighthBit, type EighthBit } from './host/processor.ts';
import {
  difference,
  floatError,
  imagesFor,
  judged,
  randomDepthwise,
  randomLayer,
  randomNetwork,
} from './testing/cases.ts';

const KERNELS = ['int16', 'int8', 'int8Sum16', 'lookUp'] as const;

test('1,600 random layers on each kernel', async () => {
  const used = new Map<string, number>();
  for (let seed = 1; seed <= 1600; seed++) {
    const model = randomLayer(seed);
    const expected = judged(model, imagesFor(model, seed));
    for (const choose of KERNELS)
      expect(await difference(expected, { choose }, used), `seed ${seed}, ${choose}`).toBeNull();
  }
  for (const kernel of KERNELS) expect(used.get(kernel), kernel).toBeGreaterThan(100);
});

test('400 random networks on each kernel, some by the clock', async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const model = randomNetwork(seed);
    const expected = judged(model, imagesFor(model, seed));
    const choices = seed % 40 === 0 ? ([...KERNELS, 'timed'] as const) : KERNELS;
    for (const choose of choices) expect(await difference(expected, { choose }), `seed ${seed}, ${choose}`).toBeNull();
  }
});

test('400 random networks with depthwise layers on each kernel', async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const model = randomDepthwise(seed);
    const expected = judged(model, imagesFor(model, seed));
    for (const choose of KERNELS) expect(await difference(expected, { choose }), `seed ${seed}, ${choose}`).toBeNull();
  }
});

test('as if the processor had answered otherwise, where that asks no more of it', async () => {
  const answers: EighthBit[] = askEighthBit() === 'unsigned' ? ['saturating', 'unknown'] : ['unknown'];
  for (let seed = 1; seed <= 60; seed++) {
    const model = randomLayer(seed);
    const expected = judged(model, imagesFor(model, seed));
    for (const eighthBit of answers) {
      for (const choose of KERNELS)
        expect(await difference(expected, { choose, eighthBit }), `seed ${seed}, ${choose}, ${eighthBit}`).toBeNull();
    }
  }
});

test('two threads equal one, in a worker as the lab runs them', async () => {
  const worker = new Worker(new URL('./testing/threadsWorker.ts', import.meta.url), { type: 'module' });
  const differences = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(differences).toEqual([]);
});

test('float32, by multiply-adds that round once, is plain arithmetic', async () => {
  expect(await floatError(60, {})).toBeLessThan(1e-5);
});
