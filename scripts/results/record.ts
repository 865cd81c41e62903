/**
 * `npx tsx scripts/results/record.ts`: measures what the page shows before it has measured anything itself (by default the
 * bundled model on the bundled images; both presets, every bitwidth) and writes it, marked with where and how, to
 * datasets/recorded. `--model resnet18 --dataset imagenette --weights FILE --data FILE --images 200 --judge onnxruntime`
 * does it for a network that is downloaded. Every cell is kept as soon as it is measured, and what was recorded with the
 * same settings stays: one that was cut goes on when it is started again. `--all` measures everything anew.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { float32Settings, PRESET_NAMES, ptqSettings } from '../../src/contract/settings.ts';
import { packFlags } from '../../src/base/flags.ts';
import { BITS } from '../../src/quant/types.ts';
import { judgedByRuntime } from '../cli/judge.ts';
import { recordRuns, type RecordedRun } from './recording.ts';
import { openNative, RUNTIME } from '../checks/nativeRuntime.ts';

const FOLDER = 'datasets/recorded';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10-sample' },
    images: { type: 'string', default: '1000' },
    weights: { type: 'string' },
    data: { type: 'string' },
    judge: { type: 'string', default: 'tfjs' },
    all: { type: 'boolean', default: false },
  },
});
if (!['tfjs', 'onnxruntime'].includes(values.judge))
  throw new Error(`--judge ${values.judge}: it must be tfjs or onnxruntime.`);
const workload = { model: values.model, dataset: values.dataset, images: Number(values.images), seed: 1 };
if (!Number.isInteger(workload.images) || workload.images < 1)
  throw new Error(`--images ${values.images}: it must be a whole number, 1 or more.`);

/** The command that makes this file, with the names of the files it was given. */
const command = [
  'npx tsx scripts/results/record.ts',
  ...Object.entries(values)
    .filter(([name, value]) => name !== 'all' && process.argv.includes(`--${name}`) && value !== undefined)
    .map(([name, value]) => `--${name} ${name === 'weights' || name === 'data' ? basename(String(value)) : value}`),
].join(' ');

const file = `${FOLDER}/${workload.model}-${workload.dataset}.json`;
const known =
  values.all || !existsSync(file) ? [] : (JSON.parse(await readFile(file, 'utf8')) as { runs: RecordedRun[] }).runs;
const wanted = [
  float32Settings(workload),
  ...PRESET_NAMES.flatMap((preset) => BITS.toReversed().map((bits) => ptqSettings(workload, preset, bits))),
];
const opened = await openStages({ ...nodeResources(values.weights, undefined, values.data), openNative }, 'wasm');
const stages = values.judge === 'onnxruntime' ? judgedByRuntime(opened) : opened;
const how = {
  ...(values.weights && { weights: basename(values.weights) }),
  ...(values.judge === 'onnxruntime' && { judge: RUNTIME }),
};

async function measure(settings: RecordedRun['settings']): Promise<RecordedRun> {
  const { engine: ranIn, device, top1, predictions, sizeBytes, onnxBytes, seconds } = await stages.evaluate(settings);
  const { labels } = (await opened.subject(settings)).dataset.test;
  const right = packFlags(Array.from(predictions, (answer, i) => answer === labels[i]));
  console.log(`${settings.scheme?.name ?? 'float32'} ${settings.scheme?.weightBits ?? 32}: ${top1}`);
  return { settings, engine: ranIn, device, top1, right, sizeBytes, onnxBytes, seconds: Number(seconds.toFixed(2)) };
}

/** Whole or not at all: whatever stops this script, the file can be read. */
async function keep(runs: readonly RecordedRun[]): Promise<void> {
  const recorded = { date: new Date().toISOString().slice(0, 10), command, ...how, runs };
  await writeFile(`${file}.part`, `${JSON.stringify(recorded, null, 1)}\n`);
  await rename(`${file}.part`, file);
}

await mkdir(FOLDER, { recursive: true });
await recordRuns(wanted, known, measure, keep);
process.exit(0);
