import { beforeAll, describe, expect, test } from 'vitest';
import { calibrate, observedTensors } from '../../calibrate/calibration.ts';
import { meanDivergence } from '../../calibrate/divergence.ts';
import { quantizeModel } from '../../calibrate/ptq.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { initialWeights } from '../../graph/init.ts';
import { INPUT, type FloatModel } from '../../graph/types.ts';
import { schemeFor } from '../../quant/schemes.ts';
import type { QuantizedModel, QuantScheme } from '../../quant/types.ts';
import { activations } from '../../tensor/activations.ts';
import { openBackend } from '../../tensor/backend.ts';
import { dequantizedWeights, toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import { toLayersModel } from '../../tensor/model.ts';
import { predict } from '../../data/predict.ts';
import { networkOf } from '../../tensor/network.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { measureEffects } from './effects.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { startNodeHelper } from '../../integer/wasm/host/node.ts';
import type { Here } from '../engines/types.ts';
import { inGroups, type Trial } from './trials.ts';
import { findingOf, measureSensitivity } from './sensitivity.ts';
import type { LayerSensitivity } from '../../contract/calls/sensitivity.ts';

const graph = twoBlocks;
const [height, width] = graph.inputShape;
const COUNT = 16;
const pixels = Uint8Array.from({ length: COUNT * height * width * 3 }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256);
const set = { height, width, count: COUNT, pixels, labels: new Int32Array(COUNT), classes: ['a', 'b', 'c', 'd', 'e'] };
const folded = foldBatchNorm(graph, initialWeights(graph, 3));
const model: FloatModel = {
  ...folded,
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  classes: set.classes,
};

async function quantized(scheme: QuantScheme) {
  const indices = Int32Array.from({ length: COUNT }, (_, i) => i);
  const calibration = await calibrate(model, activations(model, set, indices, observedTensors(model.graph)));
  return { calibration, made: quantizeModel(model, calibration, scheme) };
}

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

describe('measureSensitivity', () => {
  test('the one layer that has 2 bits among 8-bit ones is ranked first, by its weights', async () => {
    const [, second] = model.graph.nodes.filter(({ kind }) => kind === 'conv');
    const { calibration, made } = await quantized({
      ...schemeFor('modern', 8, 8),
      layers: { [second.name]: { weightBits: 2, weightRange: 'minmax' } },
    });
    const progress: number[] = [];
    const { layers, whole } = await measureSensitivity(model, made, calibration, set, COUNT, {
      report: ({ done }) => progress.push(done),
    });
    const [worst] = layers;
    expect(worst.layer).toBe(second.name);
    expect(worst).toMatchObject({ weightBits: 2, activationBits: 8 });
    expect(worst.weights?.divergence).toBeGreaterThan(3 * (worst.activations?.divergence ?? Infinity));
    expect(worst.weightSqnr).toBe(Math.min(...layers.flatMap(({ weightSqnr }) => weightSqnr ?? [])));
    expect(whole.divergence).toBeGreaterThan(0);
    expect(layers.map(({ layer }) => layer)).toContain(INPUT);
    expect(layers.find(({ layer }) => layer === INPUT)?.weights).toBeNull();
    layers.slice(1).forEach(({ both }, i) => expect(both.divergence).toBeLessThanOrEqual(layers[i].both.divergence));
    expect(progress).toEqual(progress.map((_, i) => i + 1));
    expect(progress.length).toBe(
      1 + layers.reduce((runs, { weights, activations }) => runs + (weights && activations ? 3 : 1), 0),
    );
  });

  test('each part has the effect that the network has with that part quantized, in several batches', async () => {
    const { made } = await quantized(schemeFor('2021', 4, 4));
    const last = model.graph.nodes.length - 2;
    const parts = [
      {},
      { weights: [model.graph.nodes[1].name] },
      { activations: [INPUT] },
      { activations: [model.graph.nodes[last].name] },
    ] as const;
    const { effects, float } = await measureEffects(
      model,
      set,
      COUNT,
      [...parts, 'all' as const].map((part) => ({ quantized: made, part })),
    );
    expect(effects[0]).toEqual({ divergence: 0, top1: float.top1 });
    const logits = async (arrays: FloatModel['weights'], grids: QuantizedModel['activations']) => {
      const network = toLayersModel(model.graph, arrays, { quantizers: grids });
      return (await predict(networkOf(network), set, model.normalization, { count: COUNT })).logits;
    };
    const reference = await logits(model.weights, new Map());
    for (const [i, part] of parts.entries()) {
      const names = 'weights' in part ? part.weights : [];
      const arrays = new Map([
        ...model.weights,
        ...[...dequantizedWeights(made)].filter(([name]) => names.some((layer) => name === `${layer}.kernel`)),
      ]);
      const grids = new Map(
        [...made.activations].filter(
          ([name]) => 'activations' in part && part.activations.some((tensor) => tensor === name),
        ),
      );
      expect(effects[i].divergence).toBeCloseTo(meanDivergence(reference, await logits(arrays, grids), 5), 5);
    }
    expect(effects[4].divergence).toBeGreaterThan(Math.max(...effects.slice(1, 4).map(({ divergence }) => divergence)));
  });
});

test('the whole is what the quantized network answers, its biases on their grids, too', async () => {
  const { made } = await quantized(schemeFor('modern', 2, 2));
  const { effects } = await measureEffects(model, set, COUNT, [{ quantized: made, part: 'all' }]);
  const logitsOf = async (network: Parameters<typeof networkOf>[0]) =>
    (await predict(networkOf(network), set, model.normalization, { count: COUNT })).logits;
  const [float, whole] = [
    await logitsOf(toLayersModel(model.graph, model.weights)),
    await logitsOf(toFakeQuantizedModel(made)),
  ];
  expect(effects[0].divergence).toBeCloseTo(meanDivergence(float, whole, 5), 5);
});

describe.each([1, 2])('in our own engine, %d threads', (threads) => {
  const here = {
    device: { backend: 'wasm', description: '', threads, crossOriginIsolated: true },
    helpers: { threads, start: startNodeHelper },
  } as unknown as Here;

  test.each([
    ['modern', 8],
    ['modern', 3],
    ['2021', 4],
  ] as const)('%s at %d bits: the ranking and the effects that tfjs finds', async (preset, bits) => {
    const { calibration, made } = await quantized(schemeFor(preset, bits, bits));
    const inTfjs = await measureSensitivity(model, made, calibration, set, COUNT);
    const inFewbit = await measureSensitivity(model, made, calibration, set, COUNT, {}, here);
    expect([inTfjs.engine, inFewbit.engine]).toEqual(['tfjs', 'fewbit']);
    expect(inFewbit.ranOn?.description).toMatch(/^parts in float32, the whole in integers, WebAssembly/);
    expect(inFewbit.float).toEqual(inTfjs.float);
    expect(inFewbit.layers.map(({ layer }) => layer)).toEqual(inTfjs.layers.map(({ layer }) => layer));
    inTfjs.layers.forEach(({ weights, activations, both }, i) => {
      const found = inFewbit.layers[i];
      for (const [own, other] of [
        [found.weights, weights],
        [found.activations, activations],
        [found.both, both],
      ])
        expect(own?.divergence ?? 0).toBeCloseTo(other?.divergence ?? 0, 5);
    });
    // The whole runs in integers: code for code the exported file, which rounds at other ties than floats do.
    expect(inFewbit.whole.divergence / inTfjs.whole.divergence).toBeCloseTo(1, 1);
    expect(inFewbit.whole.top1).toBe(inTfjs.whole.top1);
  });

  test('groups of trials that the memory holds give what all together give', async () => {
    const { made } = await quantized(schemeFor('modern', 3, 3));
    const trials: Trial[] = model.graph.nodes
      .filter(isWeighted)
      .map(({ name }) => ({ quantized: made, part: { weights: [name] } }));
    const together = await measureEffects(model, set, COUNT, trials, {}, here);
    const apart = await Promise.all(trials.map((trial) => measureEffects(model, set, COUNT, [trial], {}, here)));
    expect(apart.flatMap(({ effects }) => effects)).toEqual(together.effects);
  });

  test('a cancel ends it', async () => {
    const { calibration, made } = await quantized(schemeFor('modern', 4, 4));
    const signal = AbortSignal.abort();
    await expect(measureSensitivity(model, made, calibration, set, COUNT, { signal }, here)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

test('groups hold no more weights than the memory does, and all trials in their order', async () => {
  const { made } = await quantized(schemeFor('modern', 4, 4));
  const weighted = model.graph.nodes.filter(isWeighted).map(({ name }) => name);
  const trials: Trial[] = [
    { quantized: made, part: 'all' },
    ...weighted.map((name): Trial => ({ quantized: made, part: { weights: [name] } })),
    { quantized: made, part: { activations: [INPUT] } },
  ];
  expect(inGroups(trials)).toEqual([trials]);
  const largest = Math.max(...weighted.map((name) => made.weights.get(name)?.codes.length ?? 0));
  const groups = inGroups(trials, largest);
  expect(groups.length).toBeGreaterThan(2);
  expect(groups.flat()).toEqual(trials);
});

describe('the finding', () => {
  const effect = (divergence: number, top1: number) => ({ divergence, top1 });
  const layer = (name: string, weights: number, both: number, top1: number) =>
    ({
      layer: name,
      weights: effect(weights, top1),
      activations: effect(0.1, 0.9),
      both: effect(both, top1),
    }) as LayerSensitivity;

  test('says which layer costs how much of what is lost', () => {
    expect(
      findingOf(0.9, effect(2, 0.3), [layer('layer2.0.downsample', 1, 1.1, 0.59), layer('fc', 0, 0.1, 0.9)], 1000),
    ).toBe(
      'layer2.0.downsample alone costs 31.0 of the 60.0 points lost (its weights more than its activation, KL 1.1000 of 2.0000).',
    );
  });

  test('names the layer that moves the output most where none alone loses enough to be counted', () => {
    expect(findingOf(0.9, effect(2, 0.8), [layer('conv1', 0.01, 0.2, 0.91)], 256)).toBe(
      'No layer alone costs what 256 images can tell of the 10.0 points lost; conv1 moves the output most (its activation more than its weights, KL 0.2000 of 2.0000).',
    );
  });

  test('does not make much of a loss that chance explains', () => {
    expect(findingOf(0.9, effect(0.01, 0.899), [layer('conv1', 0.01, 0.2, 0.9)], 1000)).toContain(
      'no more than 1000 images can tell',
    );
  });
});

test('the divergence is the definition: of (0.5, 0.5) and (0.9, 0.1), in nats', () => {
  const logits = (...p: number[]) => Float32Array.from(p, Math.log);
  const expected = 0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1);
  expect(meanDivergence(logits(0.5, 0.5, 0.5, 0.5), logits(0.9, 0.1, 0.5, 0.5), 2)).toBeCloseTo(expected / 2, 6);
});
