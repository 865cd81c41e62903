/**
 * How long the lab takes to evaluate a network on its test images, and how soon it hears of a cancel:
 * `npx tsx bench/evaluation.ts [--images 1000] [--rounds 3]`. The lab's own worker in Chromium, ResNet-20 where tfjs would run
 * on WASM, from the call to its answer. Calibration is over before; each width is quantized (once), opened and run in the time.
 * One JSON row each, as soon as it is measured: the quantized network, the float network, cancels. How soon a move of the
 * slider shows is bench/preview.ts.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import { commitOf } from '../scripts/commit.ts';
import { float32Settings, PREVIEW_IMAGES, ptqSettings, PRESET_NAMES } from '../src/contract/settings.ts';
import type { RunSettings } from '../src/contract/run.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import { BITS } from '../src/quant/types.ts';
import { quantile } from '../src/runtime/statistics.ts';
import type { bench, Evaluated } from './evaluation/page.ts';

const { values } = parseArgs({
  options: { images: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' } },
});
const [images, rounds] = [Number(values.images), Number(values.rounds)];
if (![images, rounds].every((value) => Number.isInteger(value) && value > 0))
  throw new Error('--images and --rounds must be whole numbers, 1 or more.');

const MODEL = 'resnet20';
const DATASET = 'cifar10-sample';
const BACKEND = 'wasm';
const GOLDEN = 0.6180339887;

type Bench = { readonly bench: typeof bench };

const rounded = (value: number): number => Number(value.toFixed(1));
const spread = (samples: readonly number[]): object => ({
  medianMs: rounded(quantile(samples, 0.5)),
  p95Ms: rounded(quantile(samples, 0.95)),
  bestMs: rounded(Math.min(...samples)),
  maxMs: rounded(Math.max(...samples)),
  runs: samples.length,
});
const commit = commitOf(PROJECT);

const outDir = `${PROJECT}/.cache/bench-evaluation`;
await build({
  root: PROJECT,
  logLevel: 'warn',
  build: { outDir, emptyOutDir: true, rolldownOptions: { input: `${PROJECT}/bench/evaluation/index.html` } },
});
const server = await preview({ root: PROJECT, build: { outDir }, preview: { port: 0 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });

const print = (what: string, row: object): void =>
  console.log(
    JSON.stringify({
      bench: 'evaluation',
      what,
      model: MODEL,
      ...row,
      images,
      backend: BACKEND,
      cpu: cpus()[0].model,
      cores: availableParallelism(),
      browser: `Chromium ${browser.version()}`,
      load: Number(loadavg()[0].toFixed(1)),
      commit,
      command: `npx tsx bench/evaluation.ts --images ${images} --rounds ${rounds}`,
    }),
  );

const ranOn = ([{ engine, device }]: readonly Evaluated[]): object => ({ engine, device });
const timesOf = (runs: readonly Evaluated[]): object => ({ ...spread(runs.map(({ ms }) => ms)), ...ranOn(runs) });

const workload = { model: MODEL, dataset: DATASET, images, seed: 1 };
const float32 = float32Settings(workload);
const widths = (preset: (typeof PRESET_NAMES)[number]): RunSettings[] =>
  BITS.map((bits) => ptqSettings(workload, preset, bits));

/** A page that keeps no results of another one's: what was measured once would be told at once. */
async function openPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(0);
  await page.goto(`${server.resolvedUrls?.local[0]}bench/evaluation/index.html`);
  await page.evaluate(
    ([backend, model, dataset, settings]) => {
      const { bench: own } = globalThis as unknown as Bench;
      return own.open(backend, model, dataset).then(() => own.prepare(settings));
    },
    [BACKEND, MODEL, DATASET, { ...ptqSettings(workload, 'modern', 8), images: PREVIEW_IMAGES }] as const,
  );
  return page;
}

const evaluate = (page: Page, settings: RunSettings): Promise<Evaluated> =>
  page.evaluate((each) => (globalThis as unknown as Bench).bench.evaluate(each), settings);

try {
  // More widths than networks that stay open: each is opened anew.
  const quantized: Evaluated[] = [];
  const float: Evaluated[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await openPage();
    for (const settings of widths('modern')) quantized.push(await evaluate(page, settings));
    float.push(await evaluate(page, float32));
    await page.context().close();
  }
  print('quantized', timesOf(quantized));
  print('float32', timesOf(float));

  // A width is done sooner or later; the moment of a cancel goes through all of its course.
  const cancels: number[] = [];
  let late = 0;
  const usual = (runs: readonly Evaluated[]): number =>
    quantile(
      runs.map(({ ms }) => ms),
      0.5,
    );
  let page = await openPage();
  for (let i = 0; i < 10 * rounds; i++) {
    const settings = i % 4 === 3 ? float32 : widths(PRESET_NAMES[i % 2])[i % BITS.length];
    const ms = await page.evaluate(([each, after]) => (globalThis as unknown as Bench).bench.cancel(each, after), [
      settings,
      0.7 * usual(settings === float32 ? float : quantized) * ((i * GOLDEN) % 1),
    ] as const);
    if (ms !== null) {
      cancels.push(ms);
      continue;
    }
    late++;
    await page.context().close();
    page = await openPage();
  }
  print('cancel', { ...spread(cancels), cameTooLate: late });
} finally {
  await browser.close();
  await server.close();
}
