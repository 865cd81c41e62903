/**
 * What one min/max grid for each tensor does to a network, and what brings it back, step by step; one JSON row a line:
 *
 *     npx tsx scripts/results/explain2021.ts --model resnet50 --weights FILE --dataset imagenette --data FILE --side 160
 *
 * `--out FILE` appends the rows to a file and leaves out those it holds; `--statistics FILE` keeps the calibration there and
 * reads it where it is. Rows have `kind`: "layer" for what the grids do to
 * each layer (no accuracy), "step" for the accuracy of one step of the way at one width, "float weights" for the accuracy
 * with all activations left float and only the weights of some layers rounded.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { activationSqnr, weightSqnr } from '../../src/calibrate/noise.ts';
import { quantizeModel } from '../../src/calibrate/ptq.ts';
import { calibrate, observedTensors, type Calibration } from '../../src/calibrate/calibration.ts';
import { repairModel } from '../../src/calibrate/repair/repair.ts';
import { calibrationIndices } from '../../src/data/batches.ts';
import { normalize } from '../../src/data/normalize.ts';
import { lookUp } from '../../src/base/lookUp.ts';
import { isWeighted } from '../../src/graph/shapes.ts';
import type { TensorName } from '../../src/graph/types.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { writeFloatOnnx } from '../../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../../src/onnx/write/qdq.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import { sizeBytes } from '../../src/quant/size.ts';
import type { QuantizedModel, QuantScheme } from '../../src/quant/types.ts';
import { activations } from '../../src/tensor/activations.ts';
import { dequantizedWeights } from '../../src/tensor/fakeQuantized.ts';
import { parseExperimentArgs, type BitPair } from '../cli/experimentArgs.ts';
import { openRows } from './rowsFile.ts';
import { RUNTIME, runtimeTop1, spread } from '../checks/nativeRuntime.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet50' },
    weights: { type: 'string' },
    dataset: { type: 'string', default: 'imagenette' },
    data: { type: 'string' },
    side: { type: 'string', default: '160' },
    images: { type: 'string', default: '1000' },
    calibration: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    bits: { type: 'string', default: '8' },
    steps: { type: 'string', default: '2021;weights per channel;activations searched;ends at 8 bits;weights searched' },
    'repair-images': { type: 'string', default: '128' },
    'float-weights': { type: 'string', default: '0' },
    statistics: { type: 'string' },
  },
});
const forwarded = (
  ['model', 'dataset', 'weights', 'data', 'side', 'calibration', 'images', 'seed', 'bits'] as const
).flatMap((name) => (args[name] === undefined ? [] : [`--${name}`, args[name]]));
const {
  bits,
  model: modelName,
  dataset: datasetName,
  images,
  calibration: count,
  seed,
  side,
} = parseExperimentArgs(forwarded);

type Step = { readonly from: string | null; readonly change: (scheme: QuantScheme) => QuantScheme };

/** Each step keeps what the one it comes from has changed. */
const STEPS: Readonly<Record<string, Step>> = {
  '2021': { from: null, change: (scheme) => scheme },
  'weights per channel': {
    from: '2021',
    change: (scheme) => ({ ...scheme, weights: { granularity: 'perChannel', symmetric: true, range: 'minmax' } }),
  },
  'activations searched': {
    from: 'weights per channel',
    change: (scheme) => ({ ...scheme, activations: { range: 'mse' } }),
  },
  'ends at 8 bits': { from: 'activations searched', change: (scheme) => ({ ...scheme, firstLastBits: 8 }) },
  'bias correction': { from: 'ends at 8 bits', change: (scheme) => ({ ...scheme, repairs: ['bias'] }) },
  'weights searched': {
    from: 'ends at 8 bits',
    change: (scheme) => ({ ...scheme, weights: { ...scheme.weights, range: 'mse' } }),
  },
  'weights searched, bias correction': {
    from: 'weights searched',
    change: (scheme) => ({ ...scheme, repairs: ['bias'] }),
  },
};

/** The scheme after a step. @throws naming the steps there are */
function schemeAt(name: string, pair: BitPair): QuantScheme {
  if (!Object.hasOwn(STEPS, name))
    throw new RangeError(`--steps has "${name}"; allowed: ${Object.keys(STEPS).join('; ')}, with semicolons between.`);
  const { from, change } = STEPS[name];
  const before = from === null ? schemeFor('2021', pair.weights, pair.activations) : schemeAt(from, pair);
  return { ...change(before), name };
}

const stages = await openStages(nodeResources(args.weights, undefined, args.data), 'wasm');
const { model, dataset } = await stages.subject({ model: modelName, dataset: datasetName, side });
const test = spread(dataset.test, images);
const indices = calibrationIndices(dataset.train, count, seed);
const rows = openRows(args.out);
const fileName = (path: string): string => path.split('/').at(-1) ?? path;
const about = {
  model: modelName,
  weights: fileName(args.weights ?? 'bundled'),
  dataset: datasetName,
  side: test.height,
  calibrationImages: count,
  seed,
};
const commandFor = (more: readonly string[]): string =>
  [
    'npx tsx scripts/results/explain2021.ts',
    ...forwarded.flatMap((part, i) =>
      part === '--bits' || forwarded[i - 1] === '--bits'
        ? []
        : [['--weights', '--data'].includes(forwarded[i - 1]) ? fileName(part) : part],
    ),
    ...more,
  ].join(' ');
const points = (x: number): number => Number((100 * x).toFixed(2));

let known: number | undefined;
const float32Top1 = async (): Promise<number> =>
  (known ??= (await runtimeTop1(writeFloatOnnx(model), test, model.normalization)).top1);

const calibration = await calibrated();
layerRows();
for (const pair of bits) for (const step of args.steps.split(';')) await stepRow(pair, step);
if (Number(args['float-weights']) > 0) await floatWeightRows(Number(args['float-weights']));
process.exit(0);

async function calibrated(): Promise<Calibration> {
  if (args.statistics !== undefined && existsSync(args.statistics))
    return deserialize(readFileSync(args.statistics)) as Calibration;
  const made = await calibrate(
    model,
    activations(model, dataset.train, indices, observedTensors(model.graph)),
    (done) => void (done % 64 === 0 && console.error(`calibrated on ${done} images`)),
  );
  if (args.statistics !== undefined) writeFileSync(args.statistics, serialize(made));
  return made;
}

/** What the 2021 grid and its repairs leave of each layer at 8 bits, in dB, and how unlike its channels are. */
function layerRows(): void {
  const made = ['2021', 'weights per channel', 'weights searched'].map((step) =>
    quantizeModel(model, calibration, schemeAt(step, { weights: 8, activations: 8 })),
  );
  const arrays = made.map(dequantizedWeights);
  model.graph.nodes.forEach((node, place) => {
    if (!isWeighted(node)) return;
    const key = { kind: 'layer', ...about, layer: node.name };
    if (rows.has(key)) return;
    const { data, shape } = lookUp(model.weights, `${node.name}.kernel`, 'array');
    const out = shape[shape.length - 1];
    const widths = Array.from({ length: out }, (_, c) => widthOf(data, c, out)).sort((a, b) => a - b);
    const median = widths[Math.floor(out / 2)];
    const { scale } = lookUp(made[0].weights, node.name, 'quantized weights');
    const noise = (at: number): number =>
      round(weightSqnr(data, lookUp(arrays[at], `${node.name}.kernel`, 'array').data));
    const statistics = calibration.statistics.get(node.name);
    const activation = (at: number): number | null =>
      statistics ? round(activationSqnr(statistics, lookUp(made[at].activations, node.name, 'activation grid'))) : null;
    rows.add({
      ...key,
      place,
      channels: out,
      parameters: data.length,
      bits: 8,
      tensorRange: round(scale[0] * 255, 4),
      medianChannelRange: round(median, 4),
      narrowestChannelRange: Number(widths[0].toExponential(2)),
      rangeRatio: round((scale[0] * 255) / median),
      levelsOfMedianChannel: round(median / scale[0]),
      channelsUnder16Levels: round(widths.filter((width) => width / scale[0] < 16).length / out, 3),
      weightSqnr: { '2021': noise(0), 'weights per channel': noise(1), 'weights searched': noise(2) },
      activationSqnr: { '2021': activation(0), 'activations searched': activation(2) },
      activationMax: statistics ? round(statistics.max, 3) : null,
      command: commandFor(['--bits', '8']),
    });
  });
}

/** Greatest less least of one channel, zero included. */
function widthOf(data: Float32Array, channel: number, channels: number): number {
  let [least, most] = [0, 0];
  for (let i = channel; i < data.length; i += channels)
    [least, most] = [Math.min(least, data[i]), Math.max(most, data[i])];
  return most - least;
}

function round(x: number, digits = 1): number {
  return Number(x.toFixed(digits));
}

async function stepRow(pair: BitPair, step: string): Promise<void> {
  const scheme = schemeAt(step, pair);
  const key = { kind: 'step', ...about, images, step, weightBits: pair.weights, activationBits: pair.activations };
  if (rows.has(key)) return;
  const start = performance.now();
  const quantized = await corrected(quantizeModel(model, calibration, scheme));
  const seconds = round((performance.now() - start) / 1000);
  const { top1, msPerImage } = await runtimeTop1(
    writeQdqOnnx(quantized, { weights: 'int8' }),
    test,
    model.normalization,
  );
  const before = await float32Top1();
  rows.add({
    ...key,
    method: 'ptq',
    scheme: nameOf(scheme),
    definition: scheme,
    repairs: scheme.repairs ?? [],
    repairImages: scheme.repairs ? Number(args['repair-images']) : null,
    float32Top1: before,
    top1,
    lost: points(before - top1),
    sizeBytes: sizeBytes(quantized),
    secondsToQuantize: seconds,
    msPerImage,
    runtime: RUNTIME,
    device: stages.device.description,
    command: commandFor(['--bits', `w${pair.weights}a${pair.activations}`, '--steps', `'${step}'`]),
  });
}

/** By the name the preset gives it where it is one, so that tables find it. */
function nameOf(scheme: QuantScheme): string {
  const { granularity, range } = scheme.weights;
  if (granularity === 'perTensor') return '2021';
  if (scheme.activations.range === 'minmax' || scheme.firstLastBits === null) return `2021+${scheme.name}`;
  const modern = schemeFor('modern', scheme.weightBits, scheme.activationBits);
  return `modern${range === modern.weights.range ? '' : `+range:${range}/mse`}${scheme.repairs ? '+repair:bias' : ''}`;
}

async function corrected(start: QuantizedModel): Promise<QuantizedModel> {
  let current = start;
  if (!start.scheme.repairs) return current;
  const some = indices.subarray(0, Number(args['repair-images']));
  const batch = { values: normalize(dataset.train, some, model.normalization), count: some.length };
  for await (const step of repairModel(model, start, batch, 'bias', { seed })) {
    current = step.model;
    console.error(`bias ${step.layer} ${step.done}/${step.total}`);
  }
  return current;
}

/** The 2021 grid at 8 bits on weights alone: on all of them, on each of the layers it hurts most, and on all others. */
async function floatWeightRows(worstCount: number): Promise<void> {
  const rounded = dequantizedWeights(
    quantizeModel(model, calibration, schemeAt('2021', { weights: 8, activations: 8 })),
  );
  const kernel = (arrays: ReadonlyMap<string, { readonly data: Float32Array }>, name: TensorName) =>
    lookUp(arrays, `${name}.kernel`, 'array').data;
  const all = model.graph.nodes.filter(isWeighted).map(({ name }) => name);
  const noise = new Map(all.map((name) => [name, weightSqnr(kernel(model.weights, name), kernel(rounded, name))]));
  const worst = all.toSorted((a, b) => lookUp(noise, a, 'noise') - lookUp(noise, b, 'noise')).slice(0, worstCount);
  const choices = [
    { what: 'all layers', layers: all },
    { what: `all but the ${worstCount} worst`, layers: all.filter((name) => !worst.includes(name)) },
    ...worst.map((name) => ({ what: `${name} alone`, layers: [name] })),
  ];
  for (const { what, layers } of choices) {
    const key = { kind: 'float weights', ...about, images, what, bits: 8 };
    if (rows.has(key)) continue;
    const weights = new Map(model.weights);
    for (const name of layers) weights.set(`${name}.kernel`, lookUp(rounded, `${name}.kernel`, 'array'));
    const { top1 } = await runtimeTop1(writeFloatOnnx({ ...model, weights }), test, model.normalization);
    const before = await float32Top1();
    rows.add({
      ...key,
      layers: layers.length,
      worst,
      float32Top1: before,
      top1,
      lost: points(before - top1),
      runtime: RUNTIME,
      command: commandFor(['--bits', '8', '--steps', "'2021'", '--float-weights', String(worstCount)]),
    });
  }
}
