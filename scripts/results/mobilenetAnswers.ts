/**
 * `npx tsx scripts/results/mobilenetAnswers.ts --models FOLDER`: the expected answers of the lesson on MobileNets, into
 * datasets/recorded/lessonMobilenet.json. Agreements are rows of docs/results/agreement.jsonl; the reaches of a depthwise
 * layer's channels, and what the bound of ReLU6 is worth, are measured here on the folder's models.
 * Of several networks the answer is the middle one; its tolerance is from the lowest of their 95% intervals to the highest.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { spread } from '../../src/app/screens/layers/channelSpread.ts';
import { times } from '../../src/app/text/format.ts';
import { equalize } from '../../src/calibrate/repair/equalize.ts';
import { changedPtqSettings, float32Settings } from '../../src/contract/settings.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import { foldBatchNorm } from '../../src/graph/fold.ts';
import { namedArray } from '../../src/graph/arrays.ts';
import type { FloatModel } from '../../src/graph/types.ts';
import { readFloatFileOf } from '../../src/lab/data/modelFile.ts';
import { answerImages } from '../../src/lab/engines/answerImages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { readNetworkAt } from '../../src/lab/hosts/networkNode.ts';
import { channelOf, extremesOf } from '../../src/lab/inspect/channels.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { readAgreementRows, type AgreementRow } from './agreement.ts';
import { writeAnswers, type Answer } from './recordedAnswers.ts';

const MODELS = ['coins', 'crops', 'recyclables'] as const;
const DATASET = 'cifar10-sample';
const SIDE = 96;
const IMAGES = 200;
/** The layer that the lesson looks at, and one that equalization cannot help. */
const [LAYER, DEAD] = ['block_15_depthwise', 'block_14_depthwise'];

const { values } = parseArgs({ options: { models: { type: 'string', default: '../shared/assets/teachable' } } });
const rows = readAgreementRows('docs/results');
const answers: Answer[] = [];

function say(answer: Answer): void {
  answers.push(answer);
  console.log(JSON.stringify(answer));
}

type Share = { readonly share: number; readonly interval: readonly [low: number, high: number] };

/** The middle one of the models' shares, within all of their intervals. */
function sayShares(id: string, shares: readonly Share[]): void {
  const sorted = shares.map(({ share }) => share).toSorted((a, b) => a - b);
  const low = Math.min(...shares.map(({ interval }) => interval[0]));
  const high = Math.max(...shares.map(({ interval }) => interval[1]));
  say({ id, value: sorted[sorted.length >> 1], low, high });
  say({ id: `${id}-each`, value: sorted.map((share) => `${(100 * share).toFixed(1)}%`).join(', ') });
}

/** @throws naming the row that nobody has measured */
function rowOf(model: string, scheme: string, bits: number): AgreementRow {
  const found = rows.find(
    (row) =>
      row.weights === model &&
      row.dataset === DATASET &&
      row.side === SIDE &&
      row.images === IMAGES &&
      row.scheme === scheme &&
      row.weightBits === bits &&
      row.activationBits === bits,
  );
  if (!found)
    throw new Error(`docs/results/agreement.jsonl has no row of ${model}, ${scheme}, ${bits} bits at ${SIDE} pixels.`);
  return found;
}

function sayAgreement(id: string, scheme: string, bits: number): void {
  const found = MODELS.map((model) => rowOf(model, scheme, bits));
  sayShares(
    id,
    found.map(({ agreement, agreementInterval }) => ({ share: agreement, interval: agreementInterval })),
  );
}

function reachOf({ weights }: FloatModel, layer: string): number {
  const kernel = namedArray(weights, `${layer}.kernel`);
  const extremes = Array.from({ length: kernel.shape.at(-1) ?? 0 }, (_, c) => extremesOf(channelOf(kernel, c)));
  return spread({
    lo: Float32Array.from(extremes, ([least]) => least),
    hi: Float32Array.from(extremes, ([, greatest]) => greatest),
  });
}

/** The share of answers that the float network keeps without its upper bounds. */
async function withoutBound(model: string): Promise<Share> {
  const stages = await openStages(nodeResources(join(values.models, model)), 'wasm');
  const subject = await stages.subject({ model: 'own', dataset: DATASET, side: SIDE, against: 'float' });
  const [before, after] = [subject.model, equalize(subject.model)];
  const ask = async (asked: FloatModel) => {
    const made = { model: asked, quantized: null };
    const network = await stages.openNetwork(made);
    const { classes } = await answerImages(network, made, subject.dataset.test, IMAGES);
    await network.close();
    return classes;
  };
  const [kept, changed] = [await ask(before), await ask(after)];
  const same = [...kept].filter((label, i) => label === changed[i]).length;
  const { low, high } = wilson95(same / IMAGES, IMAGES);
  return { share: same / IMAGES, interval: [low, high] };
}

const resnet = await openStages(nodeResources(), 'wasm');
const workload = { model: 'resnet20', dataset: DATASET, images: 1000, seed: 1 };
async function sayResnet(id: string, granularity: 'tensor' | 'channel' | null): Promise<void> {
  const settings = granularity ? changedPtqSettings(workload, 'modern', 8, { granularity }) : float32Settings(workload);
  const { top1 } = await resnet.evaluate(settings);
  say({ id, value: top1, ...wilson95(top1, 100) });
}
await sayResnet('resnet-32', null);
await sayResnet('resnet-tensor', 'tensor');
await sayResnet('resnet-channel', 'channel');
const { model: bent } = await resnet.subject(workload);
const convs = bent.graph.nodes.filter(({ kind }) => kind === 'conv');
say({ id: 'resnet-reach', value: times(Math.max(...convs.map(({ name }) => reachOf(bent, name)))) });

sayAgreement('tensor', 'modern+granularity:tensor', 8);
sayAgreement('channel', 'modern', 8);
sayAgreement('even-tensor', 'modern+granularity:tensor+repair:cle', 8);
sayAgreement('even-channel', 'modern+repair:cle', 8);
for (const bits of [8, 6, 4]) sayAgreement(`gain-${bits}`, 'modern+repair:gain', bits);

const bound: Share[] = [];
const reaches: string[] = [];
for (const name of MODELS) {
  const read = readFloatFileOf('own', await readNetworkAt(join(values.models, name)), name).model;
  const model = { ...read, ...foldBatchNorm(read.graph, read.weights) };
  const even = equalize(model);
  reaches.push([LAYER, DEAD].flatMap((layer) => [reachOf(model, layer), reachOf(even, layer)].map(times)).join());
  bound.push(await withoutBound(name));
}
if (new Set(reaches).size > 1) throw new Error(`The models' layers differ: ${reaches.join(' and ')}.`);
const [before, after, deadBefore, deadAfter] = reaches[0].split(',');
say({ id: 'reach-before', value: before });
say({ id: 'reach-after', value: after });
say({ id: 'dead-before', value: deadBefore });
say({ id: 'dead-after', value: deadAfter });
sayShares('bound', bound);

const { description } = resnet.device;
await writeAnswers('lessonMobilenet.json', { device: description, images: IMAGES }, answers);
process.exit(0);
