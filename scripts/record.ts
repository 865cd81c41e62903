/**
 * `npx tsx scripts/record.ts`: measures what the page shows before it has measured anything itself (the bundled model
 * on the bundled images, both presets, every bitwidth) and writes it, marked with where and how, to datasets/recorded.
 * What was recorded with the same settings stays, unless `--all` is given.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { openEngine } from '../src/lab/engine.ts';
import { nodeResources } from '../src/lab/node.ts';
import type { RunResult } from '../src/lab/protocol.ts';
import { float32Settings, PRESET_NAMES, ptqSettings, settingsKey } from '../src/lab/settings.ts';
import { BITS } from '../src/quant/types.ts';

const FOLDER = 'datasets/recorded';
const BENCH = { model: 'resnet20', dataset: 'cifar10-sample', images: 1000, seed: 1 } as const;

type Run = Omit<RunResult, 'predictions' | 'confidences'>;

const file = `${FOLDER}/${BENCH.model}-${BENCH.dataset}.json`;
const kept = process.argv.includes('--all') || !existsSync(file) ? [] : (JSON.parse(await readFile(file, 'utf8')) as { runs: Run[] }).runs;
const known = new Map(kept.map((run) => [settingsKey(run.settings), run]));
const engine = await openEngine(nodeResources(), 'wasm');
const wanted = [float32Settings(BENCH), ...PRESET_NAMES.flatMap((preset) => BITS.toReversed().map((bits) => ptqSettings(BENCH, preset, bits)))];
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
const recorded = { date: new Date().toISOString().slice(0, 10), command: 'npx tsx scripts/record.ts', runs };
await mkdir(FOLDER, { recursive: true });
await writeFile(file, `${JSON.stringify(recorded, null, 1)}\n`);
process.exit(0);
