import { describe, expect, test } from 'vitest';
import { INPUT, type FloatModel, type Graph, type NamedArray } from '../graph/types.ts';
import { affineParams } from '../quant/affine.ts';
import { schemeFor } from '../quant/schemes.ts';
import { quantizeModel } from './ptq.ts';
import { calibrate, observedTensors, type ActivationBatch } from './ranges.ts';

const graph: Graph = {
  name: 'tiny',
  inputShape: [2, 2, 1],
  nodes: [
    { kind: 'conv', name: 'conv', input: INPUT, kernel: [1, 1], stride: 1, padding: 0, inChannels: 1, outChannels: 2, bias: true, batchNorm: null, relu: true },
    { kind: 'maxPool', name: 'pool', input: 'conv', kernel: [2, 2], stride: 2, padding: 0 },
    { kind: 'conv', name: 'plain', input: 'pool', kernel: [1, 1], stride: 1, padding: 0, inChannels: 2, outChannels: 2, bias: true, batchNorm: null, relu: false },
    { kind: 'add', name: 'sum', inputs: ['plain', 'pool'], relu: true },
    { kind: 'globalAvgPool', name: 'mean', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 2, outFeatures: 2 },
  ],
};
const array = (shape: number[], ...values: number[]): NamedArray => ({ shape, data: Float32Array.from(values) });
const model: FloatModel = {
  graph,
  normalization: { mean: [0], std: [1] },
  classes: ['a', 'b'],
  weights: new Map([
    ['conv.kernel', array([1, 1, 1, 2], 1, -2)],
    ['conv.bias', array([2], 0.5, 0)],
    ['plain.kernel', array([1, 1, 2, 2], 1, 0, 0, 3)],
    ['plain.bias', array([2], 0, -0.25)],
    ['fc.kernel', array([2, 2], 1, -1, 0.5, 2)],
    ['fc.bias', array([2], 0.1, 0.2)],
  ]),
};

function batch(overrides: Record<string, number[]> = {}): ActivationBatch {
  const values: Record<string, number[]> = {
    input: [-1, 0, 1, 2], conv: [0.5, 2, 0, 0, 1.5, 0, 2.5, 0], plain: [-1, 3], sum: [1, 5], mean: [1, 5], ...overrides,
  };
  return new Map(Object.entries(values).map(([name, list]) => [name, Float32Array.from(list)]));
}

async function* stream(...batches: ActivationBatch[]): AsyncGenerator<ActivationBatch> {
  yield* batches;
}

describe('calibrate', () => {
  test('observes the input and all nodes but the classifier and the max pool', async () => {
    expect(observedTensors(graph)).toEqual([INPUT, 'conv', 'plain', 'sum', 'mean']);
    const progress: number[] = [];
    const calibration = await calibrate(model, stream(batch(), batch({ input: [-3, 0, 0, 9] })), (images) => progress.push(images));
    expect(progress).toEqual([1, 2]);
    expect(calibration.images).toBe(2);
    expect([...calibration.statistics.keys()]).toEqual(observedTensors(graph));
    expect(calibration.statistics.get(INPUT)).toMatchObject({ min: -3, max: 9, count: 8 });
  });

  test('is plain data: a copy quantizes alike', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const scheme = schemeFor('modern', 4, 4);
    expect(quantizeModel(model, structuredClone(calibration), scheme)).toEqual(quantizeModel(model, calibration, scheme));
  });

  test('refuses what it cannot use, by name', async () => {
    await expect(calibrate(model, stream(batch({ plain: [1, NaN] })))).rejects.toThrow('plain: value 1 is NaN');
    await expect(calibrate(model, stream(batch({ sum: [Infinity, 1] })))).rejects.toThrow('sum: value 0 is Infinity');
    await expect(calibrate(model, stream(batch({ sum: [] })))).rejects.toThrow('sum: a calibration batch holds no values');
    await expect(calibrate(model, stream(new Map()))).rejects.toThrow('input: a calibration batch holds no values');
    await expect(calibrate(model, stream())).rejects.toThrow('no calibration images');
    const [first, ...rest] = graph.nodes;
    const unfolded = { ...graph, nodes: [{ ...first, batchNorm: { eps: 1e-5 } }, ...rest] } as Graph;
    await expect(calibrate({ ...model, graph: unfolded }, stream(batch()))).rejects.toThrow('conv: fold its batch norm');
  });

  test('stops between batches with the signal\'s reason, and closes the stream', async () => {
    const abort = new AbortController();
    let closed = false;
    let asked = 0;
    async function* endless(): AsyncGenerator<ActivationBatch> {
      try {
        for (;;) {
          asked++;
          yield batch();
        }
      } finally {
        closed = true;
      }
    }
    const reason = new Error('the slider moved on');
    const running = calibrate(model, endless(), (images) => images === 3 && abort.abort(reason), abort.signal);
    await expect(running).rejects.toBe(reason);
    expect({ asked, closed }).toEqual({ asked: 4, closed: true });
    await expect(calibrate(model, endless(), undefined, abort.signal)).rejects.toBe(reason);
    expect(asked).toBe(4);
  });
});

describe('quantizeModel', () => {
  test('2021: the min/max grid of every tensor, the max pool its input\'s', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const { activations, weights, scheme } = quantizeModel(model, calibration, schemeFor('2021', 4, 3));
    expect(scheme.name).toBe('2021');
    expect([...activations.keys()]).toEqual([INPUT, 'conv', 'pool', 'plain', 'sum', 'mean']);
    expect(activations.get(INPUT)).toEqual({ ...affineParams(-1, 2, 0, 7), bits: 3 });
    expect(activations.get('conv')).toEqual({ ...affineParams(0, 2.5, 0, 7), bits: 3 });
    expect(activations.get('pool')).toBe(activations.get('conv'));
    expect(activations.get('plain')?.zeroPoint).toBe(2);
    expect([...weights.keys()]).toEqual(['conv', 'plain', 'fc']);
    expect(weights.get('conv')).toMatchObject({ bits: 4, qmin: 0, qmax: 15, shape: [1, 1, 1, 2] });
    expect([...(weights.get('conv')?.codes ?? [])]).toEqual([15, 0]);
  });

  test('modern: the ends at 8 bits, biases at inputScale * weightScale', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const { activations, weights } = quantizeModel(model, calibration, schemeFor('modern', 3, 5));
    expect([...activations.values()].map(({ bits }) => bits)).toEqual([8, 5, 5, 5, 5, 8]);
    expect([...weights.values()].map(({ bits }) => bits)).toEqual([8, 3, 8]);
    for (const node of graph.nodes) {
      if (node.kind !== 'conv' && node.kind !== 'linear') continue;
      const { bias, scale } = weights.get(node.name) ?? expect.unreachable();
      const inputScale = activations.get(node.input)?.scale ?? NaN;
      model.weights.get(`${node.name}.bias`)?.data.forEach((b, c) => {
        expect(Math.abs(bias[c] * inputScale * scale[c] - b)).toBeLessThanOrEqual(inputScale * scale[c] * 0.5001);
      });
    }
  });

  test('one calibration serves every scheme and is not changed by it', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const before = structuredClone(calibration);
    const first = quantizeModel(model, calibration, schemeFor('modern', 4, 4));
    quantizeModel(model, calibration, schemeFor('2021', 2, 8));
    expect(quantizeModel(model, calibration, schemeFor('modern', 4, 4))).toEqual(first);
    expect(calibration).toEqual(before);
  });

  test('refuses what is missing or not finite, by name', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const scheme = schemeFor('modern', 4, 4);
    const without = (name: string) => ({ ...model, weights: new Map([...model.weights].filter(([key]) => key !== name)) });
    expect(() => quantizeModel(without('plain.kernel'), calibration, scheme)).toThrow('plain.kernel: the model has no such weights');
    const broken = { ...model, weights: new Map([...model.weights, ['fc.bias', array([2], 0, NaN)]]) };
    expect(() => quantizeModel(broken, calibration, scheme)).toThrow('fc.bias: value 1 is NaN');
    const statistics = new Map([...calibration.statistics].filter(([name]) => name !== 'sum'));
    expect(() => quantizeModel(model, { ...calibration, statistics }, scheme)).toThrow('sum: it was not calibrated');
  });
});
