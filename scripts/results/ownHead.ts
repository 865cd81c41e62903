/**
 * A head that the lab trains on the frozen layers of a network, as the screen Your own classes does, and what bits do to it:
 * one JSON row a line on stdout, the choice of the head's decay and rate first.
 *
 *     npx tsx scripts/results/ownHead.ts --weights FOLDER --data imagenette2-224-part.tgz --train 5000 --images 1000 \
 *       --schemes 8,8+repair:gain,8+granularity:tensor,2021:8 --qat 4 --features FILE
 *
 * The head is learned from `train` training photos. Its decay and rate are chosen on a fifth of these, kept apart; no test
 * photo is looked at before all is chosen. A scheme is bits, changes as the twin's arguments of these names, and a preset
 * before a colon (modern where none is named).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { trainingImages } from '../../src/data/trainingImages.ts';
import { permutation, randomFor, STREAM } from '../../src/base/shuffle.ts';
import { OWN_CLASSES } from '../../src/contract/catalogue.ts';
import { changedScheme } from '../../src/contract/schemeChanges.ts';
import {
  float32Settings,
  ptqSettings,
  PRESET_NAMES,
  qatSettings,
  type PresetName,
} from '../../src/contract/settings.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import type { RunResult, RunSettings } from '../../src/contract/run.ts';
import { foldBatchNorm } from '../../src/graph/fold.ts';
import { BITS, type Bits } from '../../src/quant/types.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { readFloatFileOf } from '../../src/lab/data/modelFile.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { atSizeOf } from '../../src/lab/heads/fitModel.ts';
import { featuresFor, type Features } from '../../src/lab/heads/features.ts';
import { markOf, writeClassesHead } from '../../src/lab/heads/headFile.ts';
import { REGRESSION, softmaxRegression, type Head } from '../../src/lab/heads/regression.ts';

const { values: args } = parseArgs({
  options: {
    weights: { type: 'string' },
    dataset: { type: 'string', default: 'imagenette' },
    data: { type: 'string' },
    side: { type: 'string', default: '224' },
    train: { type: 'string', default: '5000' },
    images: { type: 'string', default: '1000' },
    calibration: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    schemes: { type: 'string', default: '8,6,5,4' },
    qat: { type: 'string' },
    steps: { type: 'string', default: '100' },
    features: { type: 'string' },
  },
});
if (args.weights === undefined) throw new Error('Give the network beneath with --weights.');
const { weights, dataset: datasetName } = args;
const [side, train, images, calibrationImages, seed] = [
  args.side,
  args.train,
  args.images,
  args.calibration,
  args.seed,
].map(Number);

const node = nodeResources(weights, undefined, args.data);
let file = new Uint8Array(0);
const data = await node.readDataset(datasetName, side);
const resources = {
  ...node,
  readModel: async (name: string) =>
    name === OWN_CLASSES.model ? { bytes: file, fileName: 'the trained head' } : node.readModel(name),
  readDataset: async () => data,
};
const stages = await openStages(resources, 'wasm');
const { bytes, fileName } = await node.readModel('own');
const { model } = readFloatFileOf('own', bytes, fileName);
const { classes } = data.test;

/** 5,000 photos take minutes, so they can be kept beside. */
async function features(): Promise<Features> {
  const width = (values: Float32Array, n: number): number => values.length / n;
  if (args.features !== undefined && existsSync(args.features)) {
    const kept = new Float32Array(new Uint8Array(readFileSync(args.features)).buffer);
    const labels = Int32Array.from(kept.subarray(0, train));
    return { values: kept.slice(train), labels };
  }
  const folded = atSizeOf({ ...model, ...foldBatchNorm(model.graph, model.weights) }, data);
  const made = await featuresFor(folded, trainingImages(data), train, seed, (each) => stages.openNetwork(each), {
    report: ({ done, total }) =>
      done % 512 === 0 || done === total ? console.error(`features ${done}/${total}`) : undefined,
  });
  if (width(made.values, train) % 1 !== 0) throw new Error('Not all photos have their features.');
  if (args.features !== undefined) {
    const all = new Float32Array(train + made.values.length);
    all.set(made.labels);
    all.set(made.values, train);
    writeFileSync(args.features, new Uint8Array(all.buffer));
  }
  return made;
}

function pick({ values, labels }: Features, places: Int32Array): Features {
  const width = values.length / labels.length;
  const picked = new Float32Array(places.length * width);
  places.forEach((place, i) => picked.set(values.subarray(place * width, (place + 1) * width), i * width));
  return { values: picked, labels: places.map((place) => labels[place]) };
}

/** The share of the features that the head names rightly. */
function accuracyOf({ kernel, bias }: Head, { values, labels }: Features): number {
  const width = values.length / labels.length;
  const right = labels.filter((label, i) => {
    const logits = Float64Array.from(bias);
    for (let k = 0; k < width; k++)
      for (let c = 0; c < bias.length; c++) logits[c] += values[i * width + k] * kernel[k * bias.length + c];
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return right.length / labels.length;
}

const all = await features();
const order = permutation(train, randomFor(STREAM.split, seed));
const apart = Math.floor(train / 5);
const [judged, learned] = [pick(all, order.slice(0, apart)), pick(all, order.slice(apart))];
const choices = [];
for (const decay of [1e-3, 1e-2, 1e-1])
  for (const rate of [0.01, 0.05]) {
    const settings = { ...REGRESSION, epochs: 30, decay, rate };
    const head = await softmaxRegression(learned, classes.length, seed, settings);
    choices.push({ settings, accuracy: accuracyOf(head, judged) });
    console.error(`decay ${decay} rate ${rate}: ${choices.at(-1)?.accuracy}`);
  }
const chosen = choices.reduce((best, each) => (each.accuracy > best.accuracy ? each : best));
const start = performance.now();
const head = await softmaxRegression(all, classes.length, seed, chosen.settings);
const headSeconds = (performance.now() - start) / 1000;
file = writeClassesHead({
  ...head,
  classes,
  base: 'own',
  baseMark: markOf(model),
  baseFile: basename(fileName),
  images: train,
  seed,
  side,
});

const command = `npx tsx scripts/results/ownHead.ts ${process.argv
  .slice(2)
  .flatMap((each, i, list) =>
    each === '--features' || list[i - 1] === '--features' ? [] : [each.includes('/') ? basename(each) : each],
  )
  .join(' ')}`;
const about = { weights: basename(weights), dataset: datasetName, side, trainImages: train, seed };
console.log(
  JSON.stringify({
    ...about,
    kind: 'head',
    features: all.values.length / train,
    chosen: chosen.settings,
    choices: choices.map(({ settings: { decay, rate }, accuracy }) => ({ decay, rate, accuracy })),
    apartImages: apart,
    headSeconds: Number(headSeconds.toFixed(2)),
    command,
  }),
);

const workload = { model: OWN_CLASSES.model, dataset: datasetName, side, images, seed };

function report({ settings, engine, device, top1, sizeBytes, seconds, verdicts }: RunResult): void {
  console.log(
    JSON.stringify({
      ...about,
      kind: 'run',
      method: settings.method,
      scheme: settings.scheme?.name ?? null,
      weightBits: settings.scheme?.weightBits ?? 32,
      activationBits: settings.scheme?.activationBits ?? 32,
      images,
      calibrationImages: settings.calibrationImages,
      // Not top1: rows of that are all of networks that others have.
      accuracy: top1,
      interval: wilson95(top1, images),
      sizeBytes,
      seconds: Number(seconds.toFixed(2)),
      engine,
      device: device.description,
      ...(settings.training && { training: settings.training }),
      ...(verdicts && { verdicts }),
      command,
    }),
  );
}

const isBits = (value: number): value is Bits => BITS.some((bits) => bits === value);

/** "2021:8+repair:cle" or "w4a8+repair:gain". */
function settingsOf(text: string): RunSettings {
  const [head0, ...changes] = text.split('+');
  const [preset, bitsText] = head0.includes(':') ? head0.split(':') : ['modern', head0];
  const [, w, a] = /^w(\d)a(\d)$/.exec(bitsText) ?? [null, bitsText, bitsText];
  const [weightBits, activationBits] = [Number(w), Number(a)];
  const known: PresetName | undefined = PRESET_NAMES.find((name) => name === preset);
  if (!known || !isBits(weightBits) || !isBits(activationBits)) throw new RangeError(`${text} is no scheme.`);
  const settings = ptqSettings(workload, known, weightBits, activationBits);
  const given = Object.fromEntries(
    changes.map((each) => [each.split(':')[0], each.slice(each.indexOf(':') + 1).replaceAll('&', ',')]),
  );
  return { ...settings, calibrationImages, scheme: settings.scheme && changedScheme(settings.scheme, given) };
}

report(await stages.evaluate(float32Settings(workload)));
for (const text of args.schemes.split(',').filter((each) => each !== ''))
  report(await stages.evaluate(settingsOf(text)));
if (args.qat !== undefined) {
  const [bits, steps] = [Number(args.qat), Number(args.steps)];
  if (!isBits(bits)) throw new RangeError(`--qat is ${args.qat}; it must be 2 to 8.`);
  const settings = qatSettings(workload, 'modern', bits, bits, { epochs: 1, trainImages: 16 * steps, batchSize: 16 });
  const result = await stages.evaluate(
    { ...settings, calibrationImages },
    {
      report: ({ training, done, total }) =>
        training && done % 10 === 0
          ? console.error(`QAT ${done}/${total} loss ${training.loss.toFixed(3)}`)
          : undefined,
    },
  );
  report(result);
}
process.exit(0);
