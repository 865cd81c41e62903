import { beforeAll, describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import { INPUT, type ConvNode, type FloatModel, type Graph, type NamedArray } from '../../graph/types.ts';
import { schemeFor } from '../../quant/schemes.ts';
import type { QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { activations } from '../../tensor/activations.ts';
import { openBackend } from '../../tensor/backend.ts';
import { BLOCK, blockError, roundBlock } from '../../tensor/reconstruct/block.ts';
import { momentsOf } from '../../tensor/reconstruct/gram.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { runNode } from '../../tensor/reconstruct/node.ts';
import { roundByMoments, ROUNDING } from '../../tensor/reconstruct/rounding.ts';
import { cholesky, inverse } from './cholesky.ts';
import { gridOfChannel, withCodes } from '../codes.ts';
import { equalizablePairs, equalize } from './equalize.ts';
import { gptq } from './gptq.ts';
import { quantizeModel } from '../ptq.ts';
import { betterOf, channelErrors, flips } from './quadratic.ts';
import { calibrate, observedTensors } from '../calibration.ts';
import { blocksOf } from './blocks.ts';
import { repairModel, type LayerRepair, type RepairStep } from './repair.ts';

const random = seededRandom(7);
const gaussian = (count: number, spread = 1) => Float32Array.from({ length: count }, () => normal(random) * spread);
const conv = (
  name: string,
  input: string,
  inChannels: number,
  outChannels: number,
  relu: boolean,
  stride = 1,
): ConvNode => ({
  kind: 'conv',
  name,
  input,
  kernel: [3, 3],
  stride,
  padding: 1,
  inChannels,
  outChannels,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: relu ? RELU : null,
});
/** A stem, a residual block, a classifier. */
const graph: Graph = {
  name: 'small',
  inputShape: [6, 6, 3],
  nodes: [
    conv('stem', INPUT, 3, 4, true),
    conv('a', 'stem', 4, 5, true),
    conv('b', 'a', 5, 4, false),
    { kind: 'add', name: 'sum', inputs: ['b', 'stem'], activation: RELU },
    { kind: 'globalAvgPool', name: 'mean', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 4, outFeatures: 3, bias: true, activation: null },
  ],
};
const shapes: Record<string, number[]> = { stem: [3, 3, 3, 4], a: [3, 3, 4, 5], b: [3, 3, 5, 4], fc: [4, 3] };
const weights = new Map<string, NamedArray>(
  Object.entries(shapes).flatMap(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const out = shape[shape.length - 1];
    return [
      [`${name}.kernel`, { shape, data: gaussian(size, 0.3) }],
      [`${name}.bias`, { shape: [out], data: gaussian(out, 0.1) }],
    ] as const;
  }),
);
const model: FloatModel = {
  graph,
  weights,
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes: ['x', 'y', 'z'],
};
const COUNT = 24;
const pixels = Uint8Array.from(
  { length: COUNT * 108 },
  (_, i) => (i % 108 < 54 ? 40 : 150) + Math.floor(random() * 100),
);
const set = { height: 6, width: 6, count: COUNT, pixels, labels: new Int32Array(COUNT), classes: model.classes };
const images = { values: Float32Array.from(pixels, (byte) => byte / 255), count: COUNT };

async function quantized(of = model, bits: 2 | 3 | 4 = 3): Promise<QuantizedModel> {
  const indices = Int32Array.from({ length: COUNT }, (_, i) => i);
  const calibration = await calibrate(of, activations(of, set, indices, observedTensors(graph)));
  return quantizeModel(of, calibration, { ...schemeFor('modern', bits, 8), firstLastBits: null, activationBits: 8 });
}

async function collect(steps: AsyncIterable<RepairStep>): Promise<RepairStep[]> {
  const all: RepairStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

const FAST = { steps: 100, batch: 8 };

test('a block learns the steps of what it writes: a range that was cut to a quarter grows back', async () => {
  const good = await quantized();
  const cut = new Map(
    [...good.activations].map(([name, grid]) => [name, name === 'a' ? { ...grid, scale: grid.scale / 4 } : grid]),
  );
  const start = { ...good, activations: cut };
  async function ends(besideRate: number): Promise<{ after: number; scale: number }> {
    const steps = await collect(repairModel(model, start, images, 'brecq', { ...FAST, besideRate }));
    const block = steps.find(({ layer }) => layer === 'sum') ?? expect.unreachable();
    return { after: block.after, scale: block.model.activations.get('a')?.scale ?? NaN };
  }
  const [alone, beside] = [await ends(0), await ends(0.02)];
  expect(alone.scale).toBe(cut.get('a')?.scale);
  expect(beside.scale).toBeGreaterThan(1.3 * alone.scale);
  expect(beside.after).toBeLessThan(0.8 * alone.after);
});

describe.each<LayerRepair>(['bias', 'gain', 'gptq', 'adaround', 'brecq'])('%s', (repair) => {
  test('never ends above round-to-nearest in any unit, and falls over all', async () => {
    const start = await quantized();
    const before = structuredClone(start);
    const steps = await collect(repairModel(model, start, images, repair, FAST));
    expect(start).toEqual(before);
    expect(steps.map(({ layer }) => layer)).toEqual(
      repair === 'brecq' ? ['stem', 'sum', 'fc'] : ['stem', 'a', 'b', 'fc'],
    );
    expect(steps.map(({ done }) => done)).toEqual(steps.map((_, i) => i + 1));
    for (const step of steps) expect(step.after).toBeLessThanOrEqual(step.before);
    expect(steps.reduce((sum, { before: was, after }) => sum + after / was, 0) / steps.length).toBeLessThan(0.97);
  });

  test('goes on where it was stopped, to the same end', async () => {
    const start = await quantized();
    const whole = await collect(repairModel(model, start, images, repair, FAST));
    const rest = await collect(repairModel(model, whole[0].model, images, repair, { ...FAST, done: 1 }));
    expect(rest.at(-1)?.model).toEqual(whole.at(-1)?.model);
    expect(rest).toHaveLength(whole.length - 1);
  });

  test("stops with the signal's reason", async () => {
    const abort = new AbortController();
    const steps = repairModel(model, await quantized(), images, repair, { ...FAST, signal: abort.signal });
    await steps.next();
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(steps.next()).rejects.toBe(reason);
  });
});

test.each<LayerRepair>(['bias', 'gain'])('%s: done twice it changes nothing more', async (repair) => {
  const once =
    (await collect(repairModel(model, await quantized(), images, repair))).at(-1)?.model ?? expect.unreachable();
  const twice = (await collect(repairModel(model, once, images, repair))).at(-1)?.model ?? expect.unreachable();
  for (const [name, { bias, scale }] of twice.weights) {
    const known = once.weights.get(name) ?? expect.unreachable();
    scale.forEach((s, c) => expect(s / known.scale[c]).toBeCloseTo(1, 5));
    bias.forEach((q, c) => expect(Math.abs(q - known.bias[c]), `${name}, channel ${c}`).toBeLessThanOrEqual(1));
  }
});

describe('a layer with a known optimum', () => {
  const DEPTH = 6;
  const node = {
    kind: 'linear',
    name: 'fc',
    input: INPUT,
    inFeatures: DEPTH,
    outFeatures: 1,
    bias: true,
    activation: null,
  } as const;
  /** Features that all go along with each other: rounding errors can be made to cancel. */
  const correlated = () => {
    const values = new Float32Array(200 * DEPTH);
    for (let row = 0; row < 200; row++) {
      const common = normal(random);
      for (let i = 0; i < DEPTH; i++) values[row * DEPTH + i] = common + normal(random);
    }
    return values;
  };
  const layerOf = (kernel: Float32Array): QuantizedWeights => ({
    bits: 4,
    shape: [DEPTH, 1],
    codes: Int8Array.from(kernel, (w) => Math.round(w)),
    qmin: -8,
    qmax: 7,
    scale: Float32Array.of(1),
    zeroPoint: Int32Array.of(0),
    bias: Int32Array.of(0),
  });
  const moments = (values: Float32Array, kernel: Float32Array) => {
    const target = Float32Array.from({ length: 200 }, (_, row) =>
      kernel.reduce((sum, w, i) => sum + w * values[row * DEPTH + i], 0),
    );
    return momentsOf(node, { values, shape: [DEPTH] }, { values: target, shape: [1] }, Float32Array.of(0), 200);
  };
  /** The least error over every way to round each weight up or down. */
  async function best(values: Float32Array, kernel: Float32Array): Promise<number> {
    const m = await moments(values, kernel);
    const errors = Array.from(
      { length: 2 ** DEPTH },
      (_, choice) =>
        channelErrors(
          m,
          withCodes(
            layerOf(kernel),
            Int8Array.from(kernel, (w, i) => Math.floor(w) + ((choice >> i) & 1)),
          ),
        )[0],
    );
    return Math.min(...errors);
  }

  test('the quadratic form is the squared output error', async () => {
    const values = correlated();
    const kernel = gaussian(DEPTH, 2);
    const layer = layerOf(kernel);
    let sum = 0;
    for (let row = 0; row < 200; row++) {
      let error = 0;
      for (let i = 0; i < DEPTH; i++) error += (layer.codes[i] - kernel[i]) * values[row * DEPTH + i];
      sum += error ** 2;
    }
    expect(channelErrors(await moments(values, kernel), layer)[0]).toBeCloseTo(sum / 200, 3);
  });

  async function adaround(values: Float32Array, kernel: Float32Array) {
    const m = await moments(values, kernel);
    const layer = { kernel, shape: [DEPTH, 1], grids: [gridOfChannel(layerOf(kernel), 0)] };
    const codes = await roundByMoments(m, layer, { ...ROUNDING, steps: 300 });
    return betterOf(m, layerOf(kernel), flips(m, kernel, withCodes(layerOf(kernel), codes)));
  }

  test('AdaRound, six copies of one input: the best of all 2^6 roundings, whose codes sum to the rounded sum', async () => {
    const common = gaussian(200);
    const copies = Float32Array.from({ length: 200 * DEPTH }, (_, i) => common[Math.floor(i / DEPTH)]);
    const kernel = Float32Array.of(0.4, 1.4, -0.6, 2.4, 0.4, -1.3);
    const { weights: found, before, after } = await adaround(copies, kernel);
    expect(Array.from(found.codes).reduce((sum, code) => sum + code, 0)).toBe(3);
    expect(after).toBeCloseTo(await best(copies, kernel), 4);
    expect(after).toBeLessThan(before / 10);
  });

  test('BRECQ, a block of one layer with six copies of one input: the best of all 2^6 roundings', async () => {
    const common = gaussian(200);
    const copies = Float32Array.from({ length: 200 * DEPTH }, (_, i) => common[Math.floor(i / DEPTH)]);
    const kernel = Float32Array.of(0.45, 0.3, 1, 2, -1, 0);
    const stack = { values: copies, shape: [DEPTH] };
    const target = Float32Array.from(common, (x) => x * kernel.reduce((sum, w) => sum + w, 0));
    const block = {
      nodes: [node],
      quantizers: new Map(),
      inputs: new Map([[INPUT, { float: stack, quantized: stack }]]),
      target: { values: target, shape: [1] },
      count: 200,
      layers: new Map([
        ['fc', { kernel, shape: [DEPTH, 1], grids: [gridOfChannel(layerOf(kernel), 0)], bias: Float32Array.of(0) }],
      ]),
    };
    const options = { ...ROUNDING, ...BLOCK, drop: 0, besideRate: 0, steps: 400 };
    const { codes } = (await roundBlock(block, options)).layers.get('fc') ?? expect.unreachable();
    expect(codes.reduce((sum, code) => sum + code, 0)).toBe(3);
    const choice = {
      weights: new Map([['fc', { kernel: Float32Array.from(codes), bias: Float32Array.of(0) }]]),
      quantizers: new Map(),
    };
    expect(await blockError(block, choice)).toBeCloseTo(await best(copies, kernel), 4);
    expect([...layerOf(kernel).codes]).toEqual([0, 0, 1, 2, -1, 0]);
  });

  test('AdaRound on correlated inputs: near the best of all 2^6 roundings, far from the nearest', async () => {
    let [nearest, found, least] = [0, 0, 0];
    for (let trial = 0; trial < 3; trial++) {
      const values = correlated();
      const kernel = gaussian(DEPTH, 2).map((w) => Math.max(-6, Math.min(6, w)));
      const { before, after } = await adaround(values, kernel);
      expect(after).toBeLessThanOrEqual(before);
      [nearest, found, least] = [nearest + before, found + after, least + (await best(values, kernel))];
    }
    expect(found - least).toBeLessThan((nearest - least) / 2);
  });

  test("GPTQ, six copies of one input: each rounding's error goes to the next, the codes sum to the rounded sum", async () => {
    const common = gaussian(200);
    const copies = Float32Array.from({ length: 200 * DEPTH }, (_, i) => common[Math.floor(i / DEPTH)]);
    const kernel = new Float32Array(DEPTH).fill(0.4);
    const m = await moments(copies, kernel);
    const found = gptq(m, kernel, layerOf(kernel));
    expect(Array.from(found.codes).reduce((sum, code) => sum + code, 0)).toBe(2);
    expect(channelErrors(m, found)[0]).toBeCloseTo(await best(copies, kernel), 4);
  });

  test('independent inputs leave nothing to gain: both give the nearest codes', async () => {
    const identity = new Float64Array(DEPTH * DEPTH).map((_, i) => (i % (DEPTH + 1) === 0 ? 1 : 0));
    const kernel = Float32Array.of(0.2, -0.7, 1.4, 2.6, -3.1, 0.9);
    const m = {
      depth: DEPTH,
      out: 1,
      gram: identity,
      cross: Float64Array.from(kernel),
      power: Float64Array.of(kernel.reduce((sum, w) => sum + w * w, 0)),
    };
    const layer = layerOf(kernel);
    expect(gptq(m, kernel, layer).codes).toEqual(layer.codes);
    const soft = { kernel, shape: [DEPTH, 1], grids: [gridOfChannel(layer, 0)] };
    expect([...(await roundByMoments(m, soft, { ...ROUNDING, steps: 400 }))]).toEqual([...layer.codes]);
  });

  test('GPTQ on two weights, by hand', () => {
    // H = [[1, r], [r, 1]]: rounding w0 from 0.4 to 0 asks of w1 another 0.4 r (damped by 1%).
    const r = 0.9;
    const m = {
      depth: 2,
      out: 1,
      gram: Float64Array.of(1, r, r, 1),
      cross: new Float64Array(2),
      power: new Float64Array(1),
    };
    const layer = { ...layerOf(Float32Array.of(0.4, 0.3)), shape: [2, 1] };
    expect([...gptq(m, Float32Array.of(0.4, 0.3), layer).codes]).toEqual([0, 1]);
    expect([...gptq(m, Float32Array.of(0.4, 0.1), layer).codes]).toEqual([0, 0]);
  });
});

describe('moments of a convolution', () => {
  test('stride 2 and padding: the quadratic form of the float kernel against its own output is zero', async () => {
    const node = conv('c', INPUT, 3, 4, false, 2);
    const kernel = gaussian(108, 0.5);
    const input = { values: images.values, shape: [6, 6, 3] };
    const target = await runNode(node, [input], [3, 3, 4], COUNT, {
      kernel,
      kernelShape: [3, 3, 3, 4],
      bias: new Float32Array(4),
    });
    const m = await momentsOf(node, input, target, new Float32Array(4), COUNT);
    for (let c = 0; c < 4; c++) {
      let error = m.power[c];
      for (let i = 0; i < 27; i++) {
        const row = m.gram.subarray(i * 27, (i + 1) * 27);
        error +=
          kernel[i * 4 + c] * (row.reduce((sum, g, j) => sum + g * kernel[j * 4 + c], 0) - 2 * m.cross[i * 4 + c]);
      }
      expect(Math.abs(error)).toBeLessThan(1e-4 * m.power[c]);
    }
  });
});

describe('cholesky', () => {
  test('factors and inverts', () => {
    const a = Float64Array.of(4, 2, 0.6, 2, 5, 1, 0.6, 1, 3);
    const l = cholesky(a, 3);
    const product = (x: Float64Array, y: (i: number, j: number) => number) =>
      Array.from({ length: 9 }, (_, at) =>
        [0, 1, 2].reduce((sum, k) => sum + x[Math.floor(at / 3) * 3 + k] * y(k, at % 3), 0),
      );
    product(l, (k, j) => l[j * 3 + k]).forEach((value, i) => expect(value).toBeCloseTo(a[i], 12));
    const inv = inverse(a, 3);
    product(a, (k, j) => inv[k * 3 + j]).forEach((value, i) => expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12));
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow('not positive definite: row 1');
  });
});

describe('cross-layer equalization', () => {
  test('evens the ranges out and leaves the function as it was', async () => {
    expect(equalizablePairs(graph).map(([a, b]) => [a.name, b.name])).toEqual([['a', 'b']]);
    const data = weights.get('a.kernel')?.data.map((w, i) => (i % 5 === 0 ? w * 100 : w)) ?? expect.unreachable();
    const lopsided = { ...model, weights: new Map([...weights, ['a.kernel', { shape: shapes.a, data }]]) };
    const even = equalize(lopsided);
    const run = async (of: FloatModel) => {
      for await (const batch of activations(of, set, Int32Array.of(0, 1, 2), ['fc']))
        return batch.get('fc') ?? expect.unreachable();
      return expect.unreachable();
    };
    const [x, y] = [await run(lopsided), await run(even)];
    x.forEach((value, i) => expect(y[i]).toBeCloseTo(value, 3));
    const ends = (name: string, channel: (i: number) => number) => {
      const most = new Float64Array(5);
      even.weights.get(name)?.data.forEach((w, i) => (most[channel(i)] = Math.max(most[channel(i)], Math.abs(w))));
      return most;
    };
    const writes = ends('a.kernel', (i) => i % 5);
    ends('b.kernel', (i) => Math.floor(i / 4) % 5).forEach((r, c) => expect(writes[c] / r).toBeCloseTo(1, 3));
    expect(lopsided.weights.get('a.kernel')?.data).toBe(data);
  });
});

test('blocks end where one tensor carries all that comes after', () => {
  expect(blocksOf(graph).map((block) => block.map(({ name }) => name))).toEqual([
    ['stem'],
    ['a', 'b', 'sum'],
    ['mean'],
    ['fc'],
  ]);
});
