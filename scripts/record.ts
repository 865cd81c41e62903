/**
 * `npx tsx scripts/record.ts`: measures what the page shows before it has measured anything itself (by default the
 * bundled model on the bundled images; both presets, every bitwidth) and writes it, marked with where and how, to
 * datasets/recorded. `--model resnet18 --dataset imagenette --weights FILE --data FILE --images 200 --judge onnxruntime`
 * does it for a network that is downloaded. What was recorded with the same settings stays, unless `--all` is given.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../src/lab/engine.ts';
import { nodeResources } from '../src/lab/node.ts';
import type { RunResult } from '../src/lab/protocol.ts';
import { float32Settings, PRESET_NAMES, ptqSettings, settingsKey } from '../src/lab/settings.ts';
import { BITS } from '../src/quant/types.ts';
import { judgedByRuntime } from './judge.ts';
import { RUNTIME } from './runtimeTop1.ts';

const FOLDER = 'datasets/recorded';

type Run = Omit<RunResult, 'predictions' | 'confidences'>;

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
if (!['tfjs', 'onnxruntime'].includes(values.judge)) throw new Error(`--judge ${values.judge}: it must be tfjs or onnxruntime.`);
const bench = { model: values.model, dataset: values.dataset, images: Number(values.images), seed: 1 };
if (!Number.isInteger(bench.images) || bench.images < 1) throw new Error(`--images ${values.images}: it must be a whole number, 1 or more.`);

/** The command that makes this file, with the names of the files it was given. */
const command = ['npx tsx scripts/record.ts', ...Object.entries(values)
  .filter(([name, value]) => name !== 'all' && process.argv.includes(`--${name}`) && value !== undefined)
  .map(([name, value]) => `--${name} ${name === 'weights' || name === 'data' ? basename(String(value)) : value}`)].join(' ');

const file = `${FOLDER}/${bench.model}-${bench.dataset}.json`;
const kept = values.all || !existsSync(file) ? [] : (JSON.parse(await readFile(file, 'utf8')) as { runs: Run[] }).runs;
const known = new Map(kept.map((run) => [settingsKey(run.settings), run]));
const wanted = [float32Settings(bench), ...PRESET_NAMES.flatMap((preset) => BITS.toReversed().map((bits) => ptqSettings(bench, preset, bits)))];
const opened = await openEngine(nodeResources(values.weights, undefined, values.data), 'wasm');
const engine = values.judge === 'onnxruntime' ? judgedByRuntime(opened) : opened;

await mkdir(FOLDER, { recursive: true });
const runs: Run[] = [];
for (const settings of wanted) {
  const before = known.get(settingsKey(settings));
  if (before) {
    runs.push(before);
    continue;
  }
  const { device, top1, sizeBytes, onnxBytes, seconds } = await engine.evaluate(settings);
  runs.push({ settings, device, top1, sizeBytes, onnxBytes, seconds: Number(seconds.toFixed(2)) });
  console.log(`${settings.scheme?.name ?? 'float32'} ${settings.scheme?.weightBits ?? 32}: ${top1}`);
}
const how = { ...(values.weights && { weights: basename(values.weights) }), ...(values.judge === 'onnxruntime' && { judge: RUNTIME }) };
const recorded = { date: new Date().toISOString().slice(0, 10), command, ...how, runs };
await writeFile(file, `${JSON.stringify(recorded, null, 1)}\n`);
process.exit(0);
