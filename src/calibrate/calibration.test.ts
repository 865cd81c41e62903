import { describe, expect, test } from 'vitest';
import { INPUT, type Graph } from '../graph/types.ts';
import { schemeFor } from '../quant/schemes.ts';
import { quantizeModel } from './ptq.ts';
import { calibrate, observedTensors, type ActivationBatch } from './calibration.ts';
import { batch, graph, model, stream } from './testing/tinyModel.ts';

describe('calibrate', () => {
  test('observes the input and all nodes but the classifier and the max pool', async () => {
    expect(observedTensors(graph)).toEqual([INPUT, 'conv', 'plain', 'sum', 'mean']);
    const progress: number[] = [];
    const calibration = await calibrate(model, stream(batch(), batch({ input: [-3, 0, 0, 9] })), (images) =>
      progress.push(images),
    );
    expect(progress).toEqual([1, 2]);
    expect(calibration.images).toBe(2);
    expect([...calibration.statistics.keys()]).toEqual(observedTensors(graph));
    expect(calibration.statistics.get(INPUT)).toMatchObject({ min: -3, max: 9, count: 8 });
  });

  test('is plain data: a copy quantizes alike', async () => {
    const calibration = await calibrate(model, stream(batch()));
    const scheme = schemeFor('modern', 4, 4);
    expect(quantizeModel(model, structuredClone(calibration), scheme)).toEqual(
      quantizeModel(model, calibration, scheme),
    );
  });

  test('refuses what it cannot use, by name', async () => {
    await expect(calibrate(model, stream(batch({ plain: [1, NaN] })))).rejects.toThrow('plain: value 1 is NaN');
    await expect(calibrate(model, stream(batch({ sum: [Infinity, 1] })))).rejects.toThrow('sum: value 0 is Infinity');
    await expect(calibrate(model, stream(batch({ sum: [] })))).rejects.toThrow(
      'sum: a calibration batch holds no values',
    );
    await expect(calibrate(model, stream(new Map()))).rejects.toThrow('input: a calibration batch holds no values');
    await expect(calibrate(model, stream())).rejects.toThrow('no calibration images');
    const [first, ...rest] = graph.nodes;
    const unfolded = { ...graph, nodes: [{ ...first, batchNorm: { eps: 1e-5 } }, ...rest] } as Graph;
    await expect(calibrate({ ...model, graph: unfolded }, stream(batch()))).rejects.toThrow(
      'conv: fold its batch norm',
    );
  });

  test("stops between batches with the signal's reason, and closes the stream", async () => {
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
