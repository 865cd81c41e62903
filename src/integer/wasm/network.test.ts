/** The engine in Node, where there is no relaxed SIMD: 16-bit products and look-ups, one thread and two, against the plain loops. */
import { describe, expect, test } from 'vitest';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { runInteger } from '../reference/run.ts';
import { openIntegerNetwork } from './network.ts';
import { startNodeHelper } from './host/node.ts';
import {
  difference,
  floatError,
  imagesFor,
  judged,
  randomDepthwise,
  randomLayer,
  randomNetwork,
} from './testing/cases.ts';

test('random layers, without the relaxed kernels', async () => {
  const used = new Map<string, number>();
  for (let seed = 1; seed <= 300; seed++) {
    const model = randomLayer(seed);
    const expected = judged(model, imagesFor(model, seed));
    for (const choose of ['int16', 'lookUp'] as const) {
      expect(await difference(expected, { choose, relaxed: false }, used), `seed ${seed}, ${choose}`).toBeNull();
    }
  }
  expect([...used.keys()].sort()).toEqual(['int16', 'lookUp']);
});

test('random networks, in one thread, in two and in three', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const model = randomNetwork(seed);
    const expected = judged(model, imagesFor(model, seed));
    for (const threads of [1, 2, 3]) {
      expect(
        await difference(expected, { choose: 'fixed', threads, startHelper: startNodeHelper }),
        `seed ${seed}, ${threads} threads`,
      ).toBeNull();
    }
  }
});

test('random networks with depthwise layers, in one thread and in two', async () => {
  const used = new Map<string, number>();
  for (let seed = 1; seed <= 300; seed++) {
    const model = randomDepthwise(seed);
    const expected = judged(model, imagesFor(model, seed));
    const options = seed % 10 ? {} : { threads: 2, startHelper: startNodeHelper };
    for (const choose of ['int16', 'lookUp'] as const)
      expect(
        await difference(expected, { choose, relaxed: false, ...options }, used),
        `seed ${seed}, ${choose}`,
      ).toBeNull();
  }
  expect(used.get('depthwise')).toBeGreaterThan(600);
});

test('float32 is plain arithmetic, but for its rounding', async () => {
  expect(await floatError(60, {})).toBeLessThan(1e-5);
  expect(await floatError(10, { threads: 2, startHelper: startNodeHelper })).toBeLessThan(1e-5);
});

const model = randomModel(7);
const images = randomImages(model, 3, 1);

test('in slices, with pauses between layers, the logits are the same', async () => {
  const network = await openIntegerNetwork(model, { choose: 'fixed' });
  let pauses = 0;
  const logits = await network.runInSlices(images, 3, { sliceMs: 0, pause: async () => void pauses++ });
  expect(logits).toEqual(runInteger(model, images, 3));
  expect(pauses).toBe(3 * model.graph.nodes.length);
  await expect(
    network.runInSlices(images, 3, { sliceMs: 0, pause: () => Promise.reject(new Error('cancelled')) }),
  ).rejects.toThrow('cancelled');
  expect(network.run(images, 3)).toEqual(logits);
});

test('kernels are chosen with pauses in between, and one that throws ends the opening; the next one is as ever', async () => {
  let pauses = 0;
  const slices = { sliceMs: 0, pause: async () => void pauses++ };
  const network = await openIntegerNetwork(model, { choose: 'timed', slices });
  expect(pauses).toBe(model.graph.nodes.length);
  expect(network.run(images, 3)).toEqual(runInteger(model, images, 3));
  const cut = openIntegerNetwork(model, {
    choose: 'timed',
    threads: 2,
    startHelper: startNodeHelper,
    slices: { sliceMs: 0, pause: () => Promise.reject(new Error('cancelled')) },
  });
  await expect(cut).rejects.toThrow('cancelled');
  const again = await openIntegerNetwork(model, { choose: 'fixed', threads: 2, startHelper: startNodeHelper });
  expect(again.run(images, 3)).toEqual(runInteger(model, images, 3));
});

test('straight from pixels the codes are those of normalized numbers', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const each = randomModel(seed);
    const [height, width, channels] = each.graph.inputShape;
    const table = Float32Array.from({ length: channels * 256 }, (_, i) => ((i & 255) / 255 - 0.4) / (0.2 + (i >> 8)));
    const pixels = Uint8Array.from({ length: 2 * height * width * channels }, (_, i) => (i * 37 + seed) & 255);
    const network = await openIntegerNetwork(each, { choose: 'fixed' });
    const codes: Uint8Array[] = [];
    const logits = network.runPixels(pixels, 2, table, {
      onTensor: (_, values) => void codes.push(Uint8Array.from(values)),
    });
    const normalized = Float32Array.from(pixels, (pixel, i) => table[(i % channels) * 256 + pixel]);
    const expected: Uint8Array[] = [];
    expect(logits).toEqual(
      network.run(normalized, 2, { onTensor: (_, values) => void expected.push(Uint8Array.from(values)) }),
    );
    expect(codes).toEqual(expected);
    expect(network.runPixels(pixels, 2, table)).toEqual(logits);
  }
});

test('says which kernel runs each layer, and why', async () => {
  const { layers, description } = await openIntegerNetwork(model, { choose: 'fixed', relaxed: false });
  expect(layers.map(({ name }) => name)).toEqual([...model.weights.keys()]);
  expect(layers.every(({ why }) => why.includes('not int8: this engine has no relaxed SIMD'))).toBe(true);
  expect(description).toBe('WebAssembly, SIMD without relaxed dot products, one thread');
});

test('10,000 runs take no more memory than one', async () => {
  const network = await openIntegerNetwork(model, { choose: 'fixed' });
  const one = images.subarray(0, images.length / 3);
  const logits = network.run(one, 1);
  for (let run = 0; run < 10_000; run++) network.run(one, 1);
  expect(network.run(one, 1)).toEqual(logits);
  expect(network.memoryBytes).toBeLessThan(2 ** 20);
});

describe('refuses', () => {
  test('an input of another size', async () => {
    const network = await openIntegerNetwork(model);
    expect(() => network.run(images, 2)).toThrow(/2 images of \d+ x \d+ x \d+ are \d+ numbers, not/);
  });

  test('a NaN, saying where, and then goes on', async () => {
    const network = await openIntegerNetwork(model);
    const odd = images.slice();
    odd[images.length - 1] = NaN;
    expect(() => network.run(odd, 3)).toThrow(`the input: value ${images.length - 1} is NaN and cannot be quantized.`);
    expect(network.run(images, 3)).toEqual(runInteger(model, images, 3));
  });

  test('to run once it is closed', async () => {
    const network = await openIntegerNetwork(model);
    network.close();
    network.close();
    expect(() => network.run(images, 3)).toThrow('random was closed');
  });

  test('what the interpreter refuses', async () => {
    const without = <T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> =>
      new Map([...map].filter(([key]) => key !== name));
    await expect(openIntegerNetwork({ ...model, activations: without(model.activations, 'gap') })).rejects.toThrow(
      'gap has no activation parameters',
    );
    await expect(openIntegerNetwork({ ...model, weights: without(model.weights, 'fc') })).rejects.toThrow(
      'fc has no quantized weights',
    );
    const graph = { ...model.graph, nodes: model.graph.nodes.slice(0, -1) };
    await expect(openIntegerNetwork({ ...model, graph })).rejects.toThrow('does not end in a linear layer');
  });
});
