/**
 * Whether ranges picked tensor by tensor beat one rule for all, one JSON row a line on stdout:
 *
 *     npx tsx scripts/results/rangePicks.ts --dataset cifar10 --bits w3a8,w4a8,4
 *
 * `rule` is modern's own choice. The others pick for each tensor the range of least cost, rounding noise as a share of the
 * signal plus `gainWeight` times the squared loss of gain: weights of two ranges, activations of six. What is compared is
 * the KL divergence of the whole network's output from the float network's, on the first 128 calibration images.
 */
import { parseArgs } from 'node:util';
import { quantizeModel } from '../../src/calibrate/ptq.ts';
import { calibrate, observedTensors } from '../../src/calibrate/calibration.ts';
import { nearness } from '../../src/calibrate/repair/verdict.ts';
import { calibrationIndices } from '../../src/data/batches.ts';
import { normalize } from '../../src/data/normalize.ts';
import { lookUp } from '../../src/base/lookUp.ts';
import { isWeighted } from '../../src/graph/shapes.ts';
import type { TensorName } from '../../src/graph/types.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { affineParams, dequantizeValue, quantizeValue, symmetricParams } from '../../src/quant/affine.ts';
import { statisticsOf, type Statistics } from '../../src/quant/ranges/observer.ts';
import { rangeOf } from '../../src/quant/ranges/ranges.ts';
import { activationBitsOf, qRange, schemeFor, weightBitsOf } from '../../src/quant/schemes.ts';
import type { Grid } from '../../src/quant/ranges/grid.ts';
import type { LayerException, QuantScheme, RangeMethod } from '../../src/quant/types.ts';
import { activations } from '../../src/tensor/activations.ts';
import { commitOf } from '../commit.ts';
import { parseExperimentArgs } from '../cli/experimentArgs.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10' },
    weights: { type: 'string' },
    data: { type: 'string' },
    side: { type: 'string' },
    bits: { type: 'string', default: 'w3a8,w4a8,4' },
    calibration: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
  },
});
const forwarded = (['model', 'dataset', 'weights', 'data', 'side', 'bits', 'calibration', 'seed'] as const).flatMap(
  (name) => (args[name] === undefined ? [] : [`--${name}`, args[name]]),
);
const { bits, model: modelName, dataset: datasetName, calibration: count, seed, side } = parseExperimentArgs(forwarded);

const JUDGED_IMAGES = 128;
const OF_WEIGHTS: readonly RangeMethod[] = ['minmax', 'mse'];
const OF_ACTIVATIONS: readonly RangeMethod[] = ['minmax', 'percentile99.99', 'percentile99.9', 'mse', 'mse2', 'octav'];
const GAIN_WEIGHTS = [0, 100];

const { model, dataset } = await (
  await openStages(nodeResources(args.weights, undefined, args.data), 'wasm')
).subject({ model: modelName, dataset: datasetName, side });
const indices = calibrationIndices(dataset.train, count, seed);
const calibration = await calibrate(model, activations(model, dataset.train, indices, observedTensors(model.graph)));
const judged = indices.subarray(0, JUDGED_IMAGES);
const images = { values: normalize(dataset.train, judged, model.normalization), count: judged.length };
const commit = commitOf(import.meta.dirname);

for (const pair of bits) {
  const rule = schemeFor('modern', pair.weights, pair.activations);
  const row = async (what: string, scheme: QuantScheme, more: object): Promise<void> => {
    const { divergence } = await nearness(model, quantizeModel(model, calibration, scheme), images);
    console.log(
      JSON.stringify({
        kind: 'range pick',
        model: modelName,
        weights: args.weights?.split('/').at(-1) ?? 'bundled',
        dataset: datasetName,
        what,
        weightBits: pair.weights,
        activationBits: pair.activations,
        divergence: Number(divergence.toFixed(4)),
        ...more,
        images: images.count,
        calibrationImages: count,
        seed,
        commit,
        command: `npx tsx scripts/results/rangePicks.ts --model ${modelName} --dataset ${datasetName} --bits w${pair.weights}a${pair.activations}`,
      }),
    );
  };
  await row('rule', rule, { ranges: { weights: rule.weights.range, activations: rule.activations.range } });
  for (const gainWeight of GAIN_WEIGHTS) {
    const [weights, outputs] = [weightPicks(rule, gainWeight), activationPicks(rule, gainWeight)];
    await row(
      'weights picked',
      { ...rule, layers: exceptions(weights, 'weightRange') },
      { gainWeight, picked: tally(weights) },
    );
    await row(
      'activations picked',
      { ...rule, layers: exceptions(outputs, 'activationRange') },
      { gainWeight, picked: tally(outputs) },
    );
  }
}
process.exit(0);

type Picks = ReadonlyMap<TensorName, RangeMethod>;

function weightPicks(scheme: QuantScheme, gainWeight: number): Picks {
  return new Map(
    model.graph.nodes.filter(isWeighted).map((node) => {
      const { data, shape } = lookUp(model.weights, `${node.name}.kernel`, 'array');
      const out = shape[shape.length - 1];
      const channels = Array.from({ length: out }, (_, c) =>
        statisticsOf(
          data.filter((_w, i) => i % out === c),
          node.name,
        ),
      );
      const grid = { ...qRange(weightBitsOf(scheme, model.graph, node), true), symmetric: true };
      return [node.name, cheapest(OF_WEIGHTS, channels, grid, gainWeight)];
    }),
  );
}

function activationPicks(scheme: QuantScheme, gainWeight: number): Picks {
  return new Map(
    observedTensors(model.graph).map((tensor) => {
      const grid = { ...qRange(activationBitsOf(scheme, model.graph, tensor), false), symmetric: false };
      return [
        tensor,
        cheapest(OF_ACTIVATIONS, [lookUp(calibration.statistics, tensor, 'statistics')], grid, gainWeight),
      ];
    }),
  );
}

/** The method whose ranges cost least, summed over a tensor's groups. */
function cheapest(
  methods: readonly RangeMethod[],
  groups: readonly Statistics[],
  grid: Grid,
  gainWeight: number,
): RangeMethod {
  const costs = methods.map((method) =>
    groups.reduce((sum, statistics) => sum + costOf(method, statistics, grid, gainWeight), 0),
  );
  return methods[costs.indexOf(Math.min(...costs))];
}

function costOf(method: RangeMethod, statistics: Statistics, grid: Grid, gainWeight: number): number {
  const { lo, hi } = rangeOf(method, statistics, grid);
  const params = (grid.symmetric ? symmetricParams : affineParams)(lo, hi, grid.qmin, grid.qmax);
  let [signal, product, error] = [0, 0, 0];
  statistics.points.values.forEach((x, i) => {
    const rounded = dequantizeValue(quantizeValue(x, params), params);
    signal += statistics.points.counts[i] * x * x;
    product += statistics.points.counts[i] * x * rounded;
    error += statistics.points.counts[i] * (x - rounded) ** 2;
  });
  return signal === 0 ? 0 : error / signal + gainWeight * (1 - product / signal) ** 2;
}

function exceptions(
  picks: Picks,
  field: 'weightRange' | 'activationRange',
): Readonly<Record<TensorName, LayerException>> {
  return Object.fromEntries([...picks].map(([name, method]) => [name, { [field]: method }]));
}

function tally(picks: Picks): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const method of picks.values()) counts[method] = (counts[method] ?? 0) + 1;
  return counts;
}
