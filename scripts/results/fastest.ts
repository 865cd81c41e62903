/**
 * The fastest network that loses at most a point, one JSON row on stdout:
 *
 *     npx tsx scripts/results/fastest.ts --model resnet20 --dataset cifar10 [--within 1] [--images 10000]
 *
 * Each layer's milliseconds at each width are measured in our engine, on one thread, and are what a mix of widths is paid
 * with; what it costs is the layers' divergence (src/lab/inspect/mixedScheme.ts). Of the mixes that no other beats in both, made
 * with gain correction, the fastest is taken that loses at most so much on training images kept apart from those that
 * calibrated it; the test images judge the one that was taken. `--out FILE` appends the row.
 */
import { parseArgs } from 'node:util';
import { paretoFront, type LayerChoices } from '../../src/calibrate/mixed.ts';
import { top1 } from '../../src/base/answers.ts';
import { lookUp } from '../../src/base/lookUp.ts';
import { subset } from '../../src/data/imageSet.ts';
import type { ImageSet } from '../../src/data/types.ts';
import type { RunSettings } from '../../src/contract/run.ts';
import { changedPtqSettings, float32Settings } from '../../src/contract/settings.ts';
import { measureCosts } from '../../src/lab/inspect/mixedScheme.ts';
import { openFewbit } from '../../src/lab/engines/fewbit.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { normalize } from '../../src/data/normalize.ts';
import { BITS, type Bits } from '../../src/quant/types.ts';
import { sizeBytes } from '../../src/quant/size.ts';
import { commitOf } from '../commit.ts';
import { answersOf, imagesApart } from './apart.ts';
import { openRows } from './rowsFile.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10' },
    weights: { type: 'string' },
    data: { type: 'string' },
    side: { type: 'string' },
    within: { type: 'string', default: '1' },
    images: { type: 'string', default: '10000' },
    /** Training images that choose. */
    apart: { type: 'string', default: '2000' },
    /** Bits of the activations that are tried. */
    activations: { type: 'string', default: '8,6,5,4' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [seed, images, within, apart] = [args.seed, args.images, args.within, args.apart].map(Number);
const widths = args.activations.split(',').map(Number) as Bits[];
/** Runs of which each layer's best counts: other programs only make a run slower. */
const LAYER_RUNS = 40;
/** Mixes of each activations' width that are looked at, evenly over their front. */
const CANDIDATES = 6;
const ROUNDS = 60;

const stages = await openStages(nodeResources(args.weights, undefined, args.data), 'wasm');
const workload = {
  model: args.model,
  dataset: args.dataset,
  images,
  seed,
  ...(args.side !== undefined && { side: Number(args.side) }),
};
const { model, dataset } = await stages.subject(workload);
function settingsOf(weightBits: Bits, activationBits: Bits, repair?: string): RunSettings {
  const settings = changedPtqSettings(workload, 'modern', weightBits, repair ? { repair } : {});
  if (!settings.scheme) throw new Error('A PTQ has a scheme.');
  return { ...settings, scheme: { ...settings.scheme, activationBits } };
}
const { calibrationImages } = settingsOf(8, 8);
const kept = imagesApart(dataset.train, { calibrationImages, seed }, apart);

const open = async (settings: RunSettings) => openFewbit(await stages.make(settings), stages.here, { threads: 1 });

const rightOf = async (settings: RunSettings, set: ImageSet): Promise<number> =>
  top1(await answersOf(stages, settings, set), set.labels);

/** Each weighted layer's best time at each width of its weights. */
async function timesAt(activationBits: Bits): Promise<ReadonlyMap<string, Map<Bits, number>>> {
  const times = new Map<string, Map<Bits, number>>();
  for (const bits of BITS) {
    const { wasm } = await open(settingsOf(bits, activationBits));
    for (const { name, ms } of wasm.timeLayers(LAYER_RUNS)) {
      const own = times.get(name) ?? new Map<Bits, number>();
      times.set(name, own.set(bits, ms));
    }
    wasm.close();
  }
  return times;
}

const least = (times: ReadonlyMap<Bits, number>): number => Math.min(...times.values());

type Candidate = { readonly ms: number; readonly settings: RunSettings };

async function candidatesAt(activationBits: Bits): Promise<readonly Candidate[]> {
  const { layers } = await measureCosts(stages, settingsOf(8, activationBits));
  const times = await timesAt(activationBits);
  const weighted = new Set(layers.map(({ layer }) => layer));
  const rest = [...times].filter(([name]) => !weighted.has(name)).reduce((sum, [, at]) => sum + least(at), 0);
  const priced = layers.map((layer): LayerChoices => {
    const at = lookUp(times, layer.layer, 'times');
    // A layer whose width is fixed ran at that width in all of them.
    const only = layer.costs.size === 1;
    return { ...layer, prices: only ? new Map([[[...layer.costs.keys()][0], least(at)]]) : at };
  });
  const front = paretoFront(priced);
  const stride = Math.max(1, (front.length - 1) / (CANDIDATES - 1));
  const picked = Array.from({ length: Math.min(CANDIDATES, front.length) }, (_, i) => front[Math.round(i * stride)]);
  const base = settingsOf(4, activationBits, 'gain');
  if (!base.scheme) throw new Error('A PTQ has a scheme.');
  const { scheme } = base;
  return picked.map(({ price, bits, average }) => ({
    ms: price + rest,
    settings: {
      ...base,
      scheme: {
        ...scheme,
        name: `${scheme.name}+mixed:${average.toFixed(2)}`,
        layers: Object.fromEntries([...bits].map(([name, weightBits]) => [name, { weightBits }])),
      },
    },
  }));
}

const start = performance.now();
const candidates: Candidate[] = [];
for (const activationBits of widths) candidates.push(...(await candidatesAt(activationBits)));
const floatApart = await rightOf(float32Settings(workload), kept);
const tried: Record<string, unknown>[] = [];
let taken: Candidate | null = null;
for (const candidate of candidates.toSorted((a, b) => a.ms - b.ms)) {
  const share = await rightOf(candidate.settings, kept);
  const lost = 100 * (floatApart - share);
  tried.push({
    scheme: candidate.settings.scheme?.name,
    activationBits: candidate.settings.scheme?.activationBits,
    predictedMs: rounded(candidate.ms),
    lostApart: rounded(lost),
  });
  console.error(JSON.stringify(tried.at(-1)));
  if (lost > within) continue;
  taken = candidate;
  break;
}
if (!taken) throw new Error(`No mix loses at most ${within} points on ${kept.count} training images kept apart.`);

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** One image at a time, all networks in turn. */
const raced = {
  float32: float32Settings(workload),
  w8a8: settingsOf(8, 8),
  w4a4: settingsOf(4, 4),
  taken: taken.settings,
};
const lanes = await Promise.all(
  Object.entries(raced).map(async ([name, settings]) => ({ name, network: await open(settings), ms: [] as number[] })),
);
const image = normalize(dataset.test, Int32Array.of(0), model.normalization);
for (let round = 0; round < ROUNDS; round++) {
  for (const { network, ms } of lanes) {
    const before = performance.now();
    network.wasm.run(image, 1);
    ms.push(performance.now() - before);
  }
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = Object.fromEntries(lanes.map(({ name, ms }) => [name, rounded(median(ms))]));

const made = await stages.make(taken.settings);
if (!made.quantized) throw new Error('A scheme made no quantized model.');
const judged = subset(
  dataset.test,
  Int32Array.from({ length: images }, (_, i) => i),
);
const { scheme } = taken.settings;
openRows(args.out).add({
  model: args.model,
  dataset: args.dataset,
  side: dataset.test.height,
  method: 'ptq',
  chosen: 'the fastest within a point',
  within,
  scheme: scheme?.name,
  weightBits: scheme?.weightBits,
  activationBits: scheme?.activationBits,
  repairs: ['gain'],
  layers: scheme?.layers,
  images,
  calibrationImages,
  imagesApart: kept.count,
  seed,
  float32Top1: await rightOf(float32Settings(workload), judged),
  top1: await rightOf(taken.settings, judged),
  tried,
  medianMs: medians,
  timesFaster: rounded(medians.float32 / medians.taken),
  rounds: ROUNDS,
  sizeBytes: sizeBytes(made.quantized),
  seconds: Math.round((performance.now() - start) / 1000),
  device: `Fewbit's WebAssembly engine, ${lanes[lanes.length - 1].network.ranOn.description}`,
  commit: commitOf(import.meta.dirname),
  command: `npx tsx scripts/results/fastest.ts --model ${args.model} --dataset ${args.dataset} --activations ${args.activations} --within ${within} --images ${images}`,
});
process.exit(0);
