import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementCount, namedArray } from './arrays.ts';
import { foldBatchNorm } from './fold.ts';
import { resnet20 } from './networks/resnet.ts';
import { weightShapes } from './shapes.ts';
import { INPUT } from './types.ts';
import type { ConvNode, Graph, NamedArray, Weights } from './types.ts';

const IN = 3;
const OUT = 2;

const graph = (changes: Partial<ConvNode> = {}): Graph => ({
  name: 'test',
  inputShape: [1, 1, IN],
  nodes: [
    {
      kind: 'conv',
      name: 'c',
      input: INPUT,
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      inChannels: IN,
      outChannels: OUT,
      groups: 1,
      bias: false,
      batchNorm: { eps: 1e-5 },
      activation: null,
      ...changes,
    },
  ],
});

const array = (shape: readonly number[], values: readonly number[]): NamedArray => ({
  shape,
  data: Float32Array.from(values),
});

const values = (length: number, min = -4, max = 4) =>
  fc.array(fc.float({ min, max, noNaN: true }), { minLength: length, maxLength: length });

const parts = fc.record({
  x: values(IN),
  kernel: values(IN * OUT),
  bias: values(OUT),
  gamma: values(OUT),
  beta: values(OUT),
  mean: values(OUT),
  variance: values(OUT, 0, 4),
});

const toWeights = ({ kernel, ...vectors }: Record<string, number[]>): Weights =>
  new Map([
    ['c.kernel', array([1, 1, IN, OUT], kernel)],
    ...Object.entries(vectors).map(([part, data]): [string, NamedArray] => [`c.${part}`, array([OUT], data)]),
  ]);

describe('foldBatchNorm', () => {
  test.each([false, true])('computes what convolution and batch norm compute (bias: %s)', (bias) => {
    fc.assert(
      fc.property(parts, ({ x, ...arrays }) => {
        const folded = foldBatchNorm(graph({ bias }), toWeights(arrays)).weights;
        for (let c = 0; c < OUT; c++) {
          const dot = (kernel: ArrayLike<number>) => x.reduce((sum, value, i) => sum + value * kernel[i * OUT + c], 0);
          const deviation = Math.sqrt(Math.fround(arrays.variance[c]) + 1e-5);
          const before = dot(arrays.kernel) + (bias ? arrays.bias[c] : 0) - arrays.mean[c];
          const expected = (before / deviation) * arrays.gamma[c] + arrays.beta[c];
          const actual = dot(namedArray(folded, 'c.kernel').data) + namedArray(folded, 'c.bias').data[c];
          const factor = Math.abs(arrays.gamma[c]) / deviation;
          // Each folded value is off by at most half a float32 step (2^-24 of itself, or half the smallest subnormal).
          const magnitude = 4 * factor * (4 * IN + 8) + 8;
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(magnitude * 2 ** -24 + 1e-40);
        }
      }),
      { seed: 2 },
    );
  });

  test('rounds to float32 once', () => {
    const weights = toWeights({
      kernel: [0.1, 0, 0, 0, 0, 0],
      gamma: [0.3, 1],
      beta: [0.7, 0],
      mean: [0.2, 0],
      variance: [0.9, 1],
    });
    const f = Math.fround;
    const factor = f(0.3) / Math.sqrt(f(0.9) + 1e-5);
    const folded = foldBatchNorm(graph(), weights).weights;
    expect(namedArray(folded, 'c.kernel').data[0]).toBe(f(f(0.1) * factor));
    expect(namedArray(folded, 'c.bias').data[0]).toBe(f(f(0.7) - f(0.2) * factor));
  });

  test('leaves a network without batch norm, whose arrays are exactly its kernels and biases', () => {
    const before = resnet20();
    const ones: Weights = new Map(
      [...weightShapes(before)].map(([name, shape]) => [
        name,
        array(
          shape,
          Array.from({ length: elementCount(shape) }, () => 1),
        ),
      ]),
    );
    const { graph: after, weights } = foldBatchNorm(before, ones);
    expect(after.nodes.map(({ name }) => name)).toEqual(before.nodes.map(({ name }) => name));
    for (const node of after.nodes) {
      if (node.kind === 'conv') expect(node).toMatchObject({ bias: true, batchNorm: null });
    }
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([...weightShapes(after)]);
    expect(foldBatchNorm(after, weights)).toEqual({ graph: after, weights });
  });

  test('gives a bare convolution a bias of zeros', () => {
    const bare = graph({ batchNorm: null });
    const folded = foldBatchNorm(bare, toWeights({ kernel: [1, 2, 3, 4, 5, 6] }));
    expect([...namedArray(folded.weights, 'c.bias').data]).toEqual([0, 0]);
    expect([...namedArray(folded.weights, 'c.kernel').data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('gives a dense layer without a bias zeros, too', () => {
    const dense: Graph = {
      name: 'dense',
      inputShape: [1, 1, IN],
      nodes: [
        { kind: 'globalAvgPool', name: 'g', input: INPUT },
        {
          kind: 'linear',
          name: 'c',
          input: 'g',
          inFeatures: IN,
          outFeatures: OUT,
          bias: false,
          activation: { max: 6 },
        },
      ],
    };
    const kernel = array([IN, OUT], [1, 2, 3, 4, 5, 6]);
    const folded = foldBatchNorm(dense, new Map([['c.kernel', kernel]]));
    expect(folded.graph.nodes[1]).toEqual({ ...dense.nodes[1], bias: true });
    expect(folded.weights.get('c.kernel')).toEqual(kernel);
    expect([...namedArray(folded.weights, 'c.bias').data]).toEqual([0, 0]);
  });

  test('folds a depthwise convolution channel by channel', () => {
    const depthwise = graph({ outChannels: IN, groups: IN });
    const vector = (...values: number[]) => array([IN], values);
    const folded = foldBatchNorm(
      depthwise,
      new Map([
        ['c.kernel', array([1, 1, 1, IN], [1, 2, 3])],
        ['c.gamma', vector(1, 2, 4)],
        ['c.beta', vector(0, 1, 2)],
        ['c.mean', vector(1, 1, 1)],
        ['c.variance', vector(1, 1, 1)],
      ]),
    );
    const factor = 1 / Math.sqrt(1 + 1e-5);
    const close = (found: ArrayLike<number>, expected: number[]) =>
      expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
    close(namedArray(folded.weights, 'c.kernel').data, [factor, 4 * factor, 12 * factor]);
    close(namedArray(folded.weights, 'c.bias').data, [-factor, 1 - 2 * factor, 2 - 4 * factor]);
  });

  const good = { kernel: [1, 2, 3, 4, 5, 6], gamma: [1, 1], beta: [0, 0], mean: [0, 0], variance: [1, 1] };
  test.each([
    ['a missing array', { ...good, variance: undefined }, /no array c\.variance/],
    ['a short array', { ...good, gamma: [1] }, /c\.gamma has 1 values/],
    ['a negative variance', { ...good, variance: [1, -1] }, /c\.variance is -1 in channel 1/],
    ['a variance that is no number', { ...good, variance: [NaN, 1] }, /c\.variance is NaN in channel 0/],
  ])('refuses %s', (_, arrays, message) => {
    const present = Object.fromEntries(
      Object.entries(arrays).filter((entry): entry is [string, number[]] => entry[1] !== undefined),
    );
    expect(() => foldBatchNorm(graph(), toWeights(present))).toThrow(message);
  });
});
