import { isWeighted } from '../graph/shapes.ts';
import { describe, expect, test } from 'vitest';
import { INPUT } from '../graph/types.ts';
import { affineParams } from '../quant/affine.ts';
import { schemeFor } from '../quant/schemes.ts';
import { quantizeModel } from './ptq.ts';
import { calibrate } from './calibration.ts';
import { array, batch, graph, model, stream } from './testing/tinyModel.ts';

describe('quantizeModel', () => {
  test("2021: the min/max grid of every tensor, the max pool its input's", async () => {
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
      if (!isWeighted(node)) continue;
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
    const without = (name: string) => ({
      ...model,
      weights: new Map([...model.weights].filter(([key]) => key !== name)),
    });
    expect(() => quantizeModel(without('plain.kernel'), calibration, scheme)).toThrow(
      'plain.kernel: the model has no such weights',
    );
    const broken = { ...model, weights: new Map([...model.weights, ['fc.bias', array([2], 0, NaN)]]) };
    expect(() => quantizeModel(broken, calibration, scheme)).toThrow('fc.bias: value 1 is NaN');
    const statistics = new Map([...calibration.statistics].filter(([name]) => name !== 'sum'));
    expect(() => quantizeModel(model, { ...calibration, statistics }, scheme)).toThrow('sum: it was not calibrated');
  });
});
