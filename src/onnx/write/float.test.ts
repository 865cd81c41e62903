/** The float file against a forward pass written out in float64, batch norms unfolded. */
import { RELU, activated, activationOf } from '../../graph/activations.ts';
import { padsOf } from '../../graph/window.ts';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { namedArray } from '../../graph/arrays.ts';
import { initialWeights } from '../../graph/init.ts';
import { normal, seededRandom } from '../../base/random.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, Graph, GraphNode, MaxPoolNode, Weights } from '../../graph/types.ts';
import { floatOnnxLength, writeFloatOnnx } from './float.ts';
import { channelsFirst } from '../layout.ts';

const conv = {
  kind: 'conv',
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  groups: 1,
  bias: false,
  batchNorm: { eps: 1e-5 },
  activation: RELU,
} as const;

/** Every kind of node, a strided convolution, a shortcut, and sizes that are odd. */
const GRAPH: Graph = {
  name: 'small',
  inputShape: [9, 7, 3],
  nodes: [
    { ...conv, name: 'stem', input: INPUT, inChannels: 3, outChannels: 5, stride: 2 },
    { kind: 'maxPool', name: 'pool', input: 'stem', kernel: [3, 3], stride: 2, padding: 1 },
    { ...conv, name: 'a', input: 'pool', inChannels: 5, outChannels: 4, batchNorm: null, bias: true },
    { ...conv, name: 'b', input: 'a', inChannels: 4, outChannels: 5, activation: null, bias: true },
    { kind: 'add', name: 'add', inputs: ['b', 'pool'], activation: RELU },
    { kind: 'globalAvgPool', name: 'gap', input: 'add' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 5, outFeatures: 6, bias: true, activation: null },
  ],
};

test('gives the logits of the network, for any batch', async () => {
  const model: FloatModel = {
    graph: GRAPH,
    weights: randomWeights(),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: [...'abcdef'],
  };
  const session = await ort.InferenceSession.create(writeFloatOnnx(model));
  const random = seededRandom(2);
  for (const n of [1, 3]) {
    const images = Float32Array.from({ length: n * 9 * 7 * 3 }, () => normal(random));
    const input = new ort.Tensor('float32', channelsFirst(images, n, 3), [n, 3, 9, 7]);
    const { logits } = await session.run({ [INPUT]: input });
    expect([...logits.dims]).toEqual([n, 6]);
    for (let image = 0; image < n; image++) {
      const expected = forward(model, [...images.subarray(image * 189, (image + 1) * 189)]);
      const actual = [...(logits.data as Float32Array).subarray(image * 6, (image + 1) * 6)];
      actual.forEach((value, c) => expect(value).toBeCloseTo(expected[c], 4));
      expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.1);
    }
  }
  await session.release();
});

test.each(['float32', 'float16'] as const)('tells the length of a %s file before it is written', (precision) => {
  const model = {
    graph: GRAPH,
    weights: randomWeights(),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: [...'abcdef'],
  };
  expect(floatOnnxLength(model, precision)).toBe(writeFloatOnnx(model, precision).length);
});

test('in float16 the same network to three digits, float32 in and out', async () => {
  const model: FloatModel = {
    graph: GRAPH,
    weights: randomWeights(),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: [...'abcdef'],
  };
  const random = seededRandom(3);
  const input = new ort.Tensor(
    'float32',
    Float32Array.from({ length: 2 * 189 }, () => normal(random)),
    [2, 3, 9, 7],
  );
  const [whole, half] = await Promise.all(
    (['float32', 'float16'] as const).map(async (precision) => {
      const session = await ort.InferenceSession.create(writeFloatOnnx(model, precision));
      const { logits } = await session.run({ [INPUT]: input });
      await session.release();
      return logits.data as Float32Array;
    }),
  );
  const spread = Math.max(...whole) - Math.min(...whole);
  half.forEach((value, i) => expect(Math.abs(value - whole[i])).toBeLessThan(0.005 * spread));
  expect(half).not.toEqual(whole);
});

test('refuses a weight that float16 cannot hold, by name', () => {
  const weights = new Map([...randomWeights(), ['fc.bias', { shape: [6], data: new Float32Array(6).fill(1e6) }]]);
  const model = { graph: GRAPH, weights, normalization: { mean: [], std: [] }, classes: [] };
  expect(() => writeFloatOnnx(model, 'float16')).toThrow('fc.bias holds 1000000, which is beyond float16.');
});

test('refuses weights that are missing, by name', () => {
  const weights = new Map([...randomWeights()].filter(([name]) => name !== 'fc.bias'));
  const model = { graph: GRAPH, weights, normalization: { mean: [], std: [] }, classes: [] };
  expect(() => writeFloatOnnx(model)).toThrow('fc.bias');
});

/** Seeded weights, every bias and batch norm statistic moved off its neutral value. */
function randomWeights(): Weights {
  const random = seededRandom(1);
  const moved = [...initialWeights(GRAPH, 1)].map(([name, { shape, data }]) => {
    const around = /variance|gamma/.test(name) ? () => 0.5 + random() : () => normal(random);
    return [name, { shape, data: name.endsWith('kernel') ? data : data.map(around) }] as const;
  });
  return new Map(moved);
}

function forward({ graph, weights }: FloatModel, image: number[]): number[] {
  const shapes = inferShapes(graph);
  const values = new Map<string, number[]>([[INPUT, image]]);
  const value = (name: string): number[] => values.get(name) ?? [];
  for (const node of graph.nodes) {
    values.set(
      node.name,
      layer(node).map((x) => activated(x, activationOf(node))),
    );
  }
  return value('fc');

  function layer(node: GraphNode): number[] {
    switch (node.kind) {
      case 'conv': {
        const part = (name: string, neutral: number): ((c: number) => number) => {
          const array = weights.get(`${node.name}.${name}`);
          return (c) => array?.data[c] ?? neutral;
        };
        const [bias, gamma, beta] = [part('bias', 0), part('gamma', 1), part('beta', 0)];
        const [mean, variance] = [part('mean', 0), part('variance', 1)];
        const kernel = namedArray(weights, `${node.name}.kernel`).data;
        return windows(node, node.outChannels, (taps, o) => {
          let sum = bias(o);
          for (const { tap, pixel } of taps) {
            for (let i = 0; i < node.inChannels; i++) {
              const w = kernel[(tap * node.inChannels + i) * node.outChannels + o];
              sum += w * value(node.input)[pixel * node.inChannels + i];
            }
          }
          return ((sum - mean(o)) / Math.sqrt(variance(o) + (node.batchNorm?.eps ?? 0))) * gamma(o) + beta(o);
        });
      }
      case 'maxPool': {
        const channels = shapes.get(node.name)?.[2] ?? 0;
        return windows(node, channels, (taps, c) =>
          Math.max(...taps.map(({ pixel }) => value(node.input)[pixel * channels + c])),
        );
      }
      case 'add':
        return value(node.inputs[0]).map((x, i) => x + value(node.inputs[1])[i]);
      case 'avgPool':
        throw new Error('the small network has none');
      case 'globalAvgPool': {
        const [height, width, channels] = shapes.get(node.input) ?? [];
        const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
        return Array.from({ length: channels }, (_, c) =>
          pixels.reduce((sum, pixel) => sum + value(node.input)[pixel * channels + c] / pixels.length, 0),
        );
      }
      case 'linear': {
        const [kernel, bias] = ['kernel', 'bias'].map((part) => namedArray(weights, `${node.name}.${part}`).data);
        const features = value(node.input);
        return Array.from(bias, (b, o) =>
          features.reduce((sum, x, i) => sum + x * kernel[i * node.outFeatures + o], b),
        );
      }
    }
  }

  type Tap = { readonly tap: number; readonly pixel: number };

  /** One value for each output pixel and channel, from the taps of its window that lie inside the image. */
  function windows(
    { name, input, kernel, stride, padding }: Omit<MaxPoolNode, 'kind'>,
    channels: number,
    compute: (taps: readonly Tap[], channel: number) => number,
  ): number[] {
    const [height, width] = shapes.get(input) ?? [];
    const [outHeight, outWidth] = shapes.get(name) ?? [];
    const pads = padsOf({ padding });
    return Array.from({ length: outHeight * outWidth }, (_, at) => {
      const [top, left] = [Math.floor(at / outWidth) * stride - pads.top, (at % outWidth) * stride - pads.left];
      const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
        const [y, x] = [top + Math.floor(tap / kernel[1]), left + (tap % kernel[1])];
        return { tap, pixel: y >= 0 && y < height && x >= 0 && x < width ? y * width + x : -1 };
      }).filter(({ pixel }) => pixel >= 0);
      return Array.from({ length: channels }, (_, c) => compute(taps, c));
    }).flat();
  }
}
