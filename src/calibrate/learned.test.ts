import { beforeAll, expect, test } from 'vitest';
import { lookUp } from '../base/lookUp.ts';
import { normal, seededRandom } from '../base/random.ts';
import { RELU } from '../graph/activations.ts';
import { INPUT, type FloatModel, type Graph, type NamedArray } from '../graph/types.ts';
import { schemeFor } from '../quant/schemes.ts';
import type { QuantizedModel } from '../quant/types.ts';
import { activations } from '../tensor/activations.ts';
import { openBackend } from '../tensor/backend.ts';
import { dequantizedWeights } from '../tensor/fakeQuantized.ts';
import { nodePlatform } from '../tensor/wasm/node.ts';
import { calibrate, observedTensors } from './calibration.ts';
import { withBlock } from './learned.ts';
import { quantizeModel } from './ptq.ts';

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

const random = seededRandom(5);
const conv = {
  kind: 'conv',
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
} as const;
const graph: Graph = {
  name: 'pooled',
  inputShape: [8, 8, 3],
  nodes: [
    { ...conv, name: 'stem', input: INPUT, inChannels: 3, outChannels: 4 },
    { kind: 'maxPool', name: 'pool', input: 'stem', kernel: [2, 2], stride: 2, padding: 0 },
    { ...conv, name: 'body', input: 'pool', inChannels: 4, outChannels: 5 },
    { kind: 'globalAvgPool', name: 'mean', input: 'body' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 5, outFeatures: 2, bias: true, activation: null },
  ],
};
const shapes = { stem: [3, 3, 3, 4], body: [3, 3, 4, 5], fc: [5, 2] };
const gaussian = (shape: readonly number[], spread: number): NamedArray => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => normal(random) * spread),
});
const model: FloatModel = {
  graph,
  weights: new Map(
    Object.entries(shapes).flatMap(([name, shape]) => [
      [`${name}.kernel`, gaussian(shape, 0.3)],
      [`${name}.bias`, gaussian(shape.slice(-1), 0.2)],
    ]),
  ),
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes: ['x', 'y'],
};

async function quantized(): Promise<QuantizedModel> {
  const count = 8;
  const pixels = Uint8Array.from({ length: count * 192 }, () => Math.floor(random() * 256));
  const set = { height: 8, width: 8, count, pixels, labels: new Int32Array(count), classes: model.classes };
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const calibration = await calibrate(model, activations(model, set, indices, observedTensors(graph)));
  return quantizeModel(model, calibration, schemeFor('modern', 4, 4));
}

test('a learned step reaches the pool that repeats it, and the biases that lie on it', async () => {
  const start = await quantized();
  const stem = lookUp(start.activations, 'stem', 'grid');
  const own = lookUp(start.weights, 'stem', 'weights');
  const bias = Float32Array.of(0.5, -0.25, 1, 0);
  const scale = own.scale.map((step) => step * 1.25);
  const made = withBlock(start, {
    layers: new Map([['stem', { codes: Int32Array.from(own.codes, (code) => -code), scale, bias }]]),
    quantizers: new Map([['stem', { ...stem, scale: Math.fround(stem.scale * 1.5) }]]),
  });

  expect(made.activations.get('stem')).toEqual({ ...stem, scale: Math.fround(stem.scale * 1.5) });
  expect(made.activations.get('pool')).toEqual(made.activations.get('stem'));
  for (const name of [INPUT, 'body', 'mean']) expect(made.activations.get(name)).toBe(start.activations.get(name));

  const learned = lookUp(made.weights, 'stem', 'weights');
  expect([...learned.codes]).toEqual(Array.from(own.codes, (code) => 0 - code));
  expect(learned.codes).toBeInstanceOf(Int8Array);
  expect(learned.scale).toEqual(scale);
  const [before, after] = [start, made].map((each) => dequantizedWeights(each));
  const real = (arrays: typeof before, name: string): number[] => [...lookUp(arrays, name, 'array').data];
  /** Half a step of the grid that the biases lie on, and a little for float32. */
  const half = (name: string, input: string, c: number): number =>
    0.501 * lookUp(made.activations, input, 'grid').scale * lookUp(made.weights, name, 'weights').scale[c];
  real(after, 'stem.bias').forEach((b, c) => expect(Math.abs(b - bias[c])).toBeLessThan(half('stem', INPUT, c)));
  // The body reads the pool: the same real bias on a coarser grid.
  const body = real(before, 'body.bias');
  real(after, 'body.bias').forEach((b, c) => expect(Math.abs(b - body[c])).toBeLessThan(half('body', 'pool', c)));
  expect(made.weights.get('body')?.bias).not.toEqual(start.weights.get('body')?.bias);
  expect(made.weights.get('fc')).toBe(start.weights.get('fc'));
});
