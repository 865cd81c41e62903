/**
 * What each scheme and repair is worth, one JSON row a line on stdout:
 *
 *     npx tsx scripts/results/calibrate.ts --dataset cifar10 --bits 8,6,w4a8,4 --repairs none,bias,gptq,adaround,brecq
 *
 * Accuracy is that of the exported ONNX file in ONNX Runtime. `--out FILE` also appends the rows to a file and leaves out
 * those that it holds already; `--repair-images N` repairs on the first N calibration images (all by default). On a GPU:
 * `npx tsx --import ./scripts/checks/webgpu/preload.ts scripts/results/calibrate.ts … --backend webgpu`.
 */
import { parseArgs } from 'node:util';
import { equalize } from '../../src/calibrate/repair/equalize.ts';
import { quantizeModel } from '../../src/calibrate/ptq.ts';
import { calibrate, observedTensors } from '../../src/calibrate/calibration.ts';
import { layerRepairs, repairInTurn } from '../../src/calibrate/repair/repairInTurn.ts';
import { judgingImages, nearness, verdictText, type Judges } from '../../src/calibrate/repair/verdict.ts';
import { calibrationIndices } from '../../src/data/batches.ts';
import { normalize } from '../../src/data/normalize.ts';
import type { FloatModel } from '../../src/graph/types.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { writeFloatOnnx } from '../../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../../src/onnx/write/qdq.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import { sizeBytes } from '../../src/quant/size.ts';
import type { QuantizedModel } from '../../src/quant/types.ts';
import { activations } from '../../src/tensor/activations.ts';
import { commitOf } from '../commit.ts';
import { parseExperimentArgs } from '../cli/experimentArgs.ts';
import { openRows } from './rowsFile.ts';
import { RUNTIME, runtimeTop1, spread } from '../checks/nativeRuntime.ts';
import { changedScheme } from '../../src/contract/schemeChanges.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10' },
    weights: { type: 'string' },
    data: { type: 'string' },
    side: { type: 'string' },
    out: { type: 'string' },
    'repair-images': { type: 'string' },
    bits: { type: 'string', default: '8,6,w4a8,4' },
    repairs: { type: 'string', default: 'none,cle,bias,gptq,adaround,brecq' },
    calibration: { type: 'string', default: '512' },
    images: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string' },
    scheme: { type: 'string', default: 'modern' },
    range: { type: 'string' },
    granularity: { type: 'string' },
    'first-last': { type: 'string' },
    sums: { type: 'string' },
    backend: { type: 'string' },
  },
});
const forwarded = (
  [
    'model',
    'dataset',
    'weights',
    'data',
    'side',
    'bits',
    'calibration',
    'images',
    'seed',
    'scheme',
    'range',
    'granularity',
    'first-last',
    'sums',
    'backend',
  ] as const
).flatMap((name) => (args[name] === undefined ? [] : [`--${name}`, args[name]]));
const {
  bits,
  model: modelName,
  dataset: datasetName,
  scheme,
  images,
  calibration: count,
  seed,
  side,
  backend,
  schemeChanges,
} = parseExperimentArgs(forwarded);

const stages = await openStages(nodeResources(args.weights, undefined, args.data), backend);
const { model: original, dataset } = await stages.subject({ model: modelName, dataset: datasetName, side });
const test = spread(dataset.test, images);
const indices = calibrationIndices(dataset.train, count, seed);
const repairIndices = indices.subarray(0, Number(args['repair-images'] ?? indices.length));
const secondsSince = (start: number): number => Number(((performance.now() - start) / 1000).toFixed(1));
const rows = openRows(args.out);
const fileName = (path: string): string => path.split('/').at(-1) ?? path;
const about = {
  model: modelName,
  weights: args.weights === undefined ? 'bundled' : fileName(args.weights),
  dataset: datasetName,
  side: test.height,
  method: 'ptq',
  images,
  calibrationImages: count,
  seed,
};
/** The command that makes one row alone; files by their names. */
const command = (pair: string, chain: string): string =>
  [
    `npx tsx ${backend === 'webgpu' ? '--import ./scripts/checks/webgpu/preload.ts ' : ''}scripts/results/calibrate.ts`,
    ...forwarded.map((part, i) =>
      forwarded[i - 1] === '--bits' ? pair : ['--weights', '--data'].includes(forwarded[i - 1]) ? fileName(part) : part,
    ),
    '--repairs',
    chain,
    ...(args['repair-images'] ? ['--repair-images', args['repair-images']] : []),
    ...(args.steps ? ['--steps', args.steps] : []),
  ].join(' ');

const commit = commitOf(import.meta.dirname);
let float32Top1: number | undefined;
const calibrations = new Map<boolean, Awaited<ReturnType<typeof calibrated>>>();
for (const { weights: weightBits, activations: activationBits } of bits) {
  for (const chain of args.repairs.split(',')) {
    const repairs = chain === 'none' ? [] : chain.split('+');
    const changes = { ...schemeChanges, repair: repairs.length > 0 ? repairs.join(',') : undefined };
    const wanted = changedScheme(schemeFor(scheme, weightBits, activationBits), changes);
    const repairImages = repairs.length > 0 ? repairIndices.length : null;
    const key = {
      ...about,
      scheme: wanted.name,
      weightBits,
      activationBits,
      repairs: wanted.repairs ?? [],
      repairImages,
      steps: Number(args.steps ?? 0) || null,
    };
    if (rows.has(key)) continue;
    float32Top1 ??= (await runtimeTop1(writeFloatOnnx(original), test, original.normalization)).top1;
    const even = repairs.includes('cle');
    const { model, calibration, calibrationSeconds } = calibrations.get(even) ?? (await calibrated(even));
    calibrations.set(even, { model, calibration, calibrationSeconds });
    const start = performance.now();
    const nearest = quantizeModel(model, calibration, wanted);
    const quantizeSeconds = secondsSince(start);
    const repairing = performance.now();
    const quantized = await repaired(model, nearest);
    const repairSeconds = secondsSince(repairing);
    const { top1, msPerImage } = await runtimeTop1(writeQdqOnnx(quantized), test, original.normalization);
    rows.add({
      ...key,
      float32Top1,
      top1,
      lost: Number((100 * (float32Top1 - top1)).toFixed(2)),
      sizeBytes: sizeBytes(quantized),
      verdicts: quantized.repairs ?? [],
      calibrationSeconds,
      quantizeSeconds,
      repairSeconds,
      msPerImage,
      runtime: RUNTIME,
      device: stages.device.description,
      commit,
      command: command(`w${weightBits}a${activationBits}`, chain),
    });
  }
}
process.exit(0);

async function calibrated(even: boolean) {
  const start = performance.now();
  const model: FloatModel = even ? equalize(original) : original;
  const calibration = await calibrate(model, activations(model, dataset.train, indices, observedTensors(model.graph)));
  return { model, calibration, calibrationSeconds: secondsSince(start) };
}

async function repaired(model: FloatModel, start: QuantizedModel): Promise<QuantizedModel> {
  if (layerRepairs(start).length === 0) return start;
  const batch = { values: normalize(dataset.train, repairIndices, model.normalization), count: repairIndices.length };
  const { indices: judging, apart } = judgingImages(dataset.train, count, seed);
  const judged = { values: normalize(dataset.train, judging, model.normalization), count: judging.length };
  const judges: Judges = {
    count: judged.count,
    apart,
    nearness: (quantized, signal) => nearness(model, quantized, judged, signal),
  };
  const made = await repairInTurn(model, start, batch, judges, {
    seed,
    ...(args.steps && { steps: Number(args.steps) }),
    onStep: ({ repair, layer, done, total, before, after }) =>
      console.error(`${repair} ${layer} ${done}/${total}: ${before.toExponential(3)} -> ${after.toExponential(3)}`),
  });
  made.repairs?.forEach((verdict) => console.error(verdictText(verdict)));
  return made;
}
