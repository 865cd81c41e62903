/**
 * How long a network takes from a picture's bytes to logits, in a real Chromium: our engine at every width beside its own
 * float32, ONNX Runtime Web and (--litert DIR) LiteRT.js, in turn in one worker, with the processor's VNNI and without it; and
 * the kernels one by one. One JSON row a contender, then the ratios that are looked for, each with what is expected of it.
 *
 * `npx tsx bench/engine.ts [--models resnet8,resnet20,resnet18,resnet50,mobilenetv2] [--seconds 10] [--litert DIR] [--threads 1,2]
 * [--processors vnni,plain]`. --seconds bounds the turns of one race (a network, a side, one or two threads); opening comes on
 * top. DIR holds pretrainedResnet.tflite and pretrainedResnet_quant.tflite of MLPerf Tiny. Only ratios within one race count.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { chromium, type Browser, type Page } from 'playwright';
import { build, preview } from 'vite';
import project from '../package.json' with { type: 'json' };
import { commitOf } from '../scripts/commit.ts';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import { contendersOf } from './engine/contenders.ts';
import { ratiosOf } from './engine/goals.ts';
import { installLiteRt, LITERT_VERSION, serveLiteRt } from './engine/litert.ts';
import { WEIGHTS } from './engine/networks.ts';
import { parseOptions, SIDES } from './engine/options.ts';
import type { bench } from './engine/page.ts';
import { timesOf, type Dot, type EngineName, type KernelRow, type Race, type TimeRow } from './engine/rows.ts';
import type { KernelSamples, RaceSamples } from './engine/samples.ts';

const options = parseOptions(process.argv.slice(2));

const FLAGS = { vnni: [], plain: ['--js-flags=--no-enable-avx-vnni'] } as const;
const VERSIONS: Readonly<Record<EngineName, string>> = {
  fewbit: project.version,
  onnxruntime: `onnxruntime-web ${project.dependencies['onnxruntime-web']}`,
  litert: `@litertjs/core ${LITERT_VERSION}`,
};
/** So small a layer that other work seldom comes between: some 1.4 ms in float32. */
const KERNEL_SIDE = 28;
/** Of what is built: the checkout may go on while this runs. */
const COMMIT = commitOf(PROJECT);

const rounded = (value: number): number => Number(value.toPrecision(4));
const print = (row: object): void => console.log(JSON.stringify(row));

/** The same for all rows of one measurement; the command without the folder's place. */
const common = () => ({
  loadAverage: rounded(loadavg()[0]),
  commit: COMMIT,
  command:
    `npx tsx bench/engine.ts --models ${options.models.join()} --seconds ${options.seconds} --threads ${options.races.join()} ` +
    `--processors ${options.processors.join()}${options.litert === null ? '' : ' --litert DIR'}`,
});

function dotOf({ relaxed, eighthBit }: RaceSamples | KernelSamples, withoutRelaxed = false): Dot {
  if (!relaxed || withoutRelaxed) return 'none';
  return eighthBit === 'unsigned' ? 'vnni' : 'plain';
}

function timeRows(race: Race, measured: RaceSamples, browser: string): TimeRow[] {
  return measured.contenders.map(({ contender, samples, openMs, tensorMs, ...rest }) => {
    const { engine, form, threads, withoutRelaxed } = contender;
    const times = timesOf(samples);
    return {
      kind: 'time',
      ...race,
      engine,
      form,
      threads,
      dot: dotOf(measured, withoutRelaxed),
      ...times,
      gigaMacs: rounded(measured.macs / times.medianMs / 1e6),
      openMs: rounded(openMs),
      tensorMs: rounded(tensorMs),
      ...rest,
      version: VERSIONS[engine],
      weights: engine === 'litert' ? "MLPerf Tiny's" : WEIGHTS,
      cpu: cpus()[0].model,
      cores: availableParallelism(),
      browser,
      ...common(),
    };
  });
}

function kernelRows(measured: KernelSamples): KernelRow[] {
  return measured.kernels.map(({ kernel, form, samples }) => {
    const times = timesOf(samples);
    return {
      kind: 'kernel',
      model: '3x3, 64 to 64 channels',
      side: KERNEL_SIDE,
      engine: 'fewbit',
      form,
      threads: 1,
      dot: dotOf(measured),
      kernel,
      ...times,
      gigaMacs: rounded(measured.macs / times.medianMs / 1e6),
      ...common(),
    };
  });
}

type Bench = { readonly bench: typeof bench };

/** A page of its own for each measurement: nothing that ran before is left in it. */
async function onPage<T>(browser: Browser, url: string, work: (page: Page) => Promise<T>) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(url);
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

async function measure(browser: Browser, url: string): Promise<{ rows: TimeRow[]; dot: Dot }> {
  const seconds = Math.min(2, options.seconds);
  const kernels = await onPage(browser, url, (page) =>
    page.evaluate(([side, s]) => (globalThis as unknown as Bench).bench.kernels(side, s), [
      KERNEL_SIDE,
      seconds,
    ] as const),
  );
  kernelRows(kernels).forEach(print);
  const rows: TimeRow[] = [];
  for (const model of options.models) {
    for (const side of SIDES[model]) {
      for (const race of options.races) {
        const job = {
          model,
          side,
          contenders: contendersOf(model, race, options.litert !== null),
          seconds: options.seconds,
        };
        const measured = await onPage(browser, url, (page) =>
          page.evaluate((wanted) => (globalThis as unknown as Bench).bench.race(wanted), job),
        );
        const made = timeRows({ model, side, race }, measured, `Chromium ${browser.version()}`);
        made.forEach(print);
        rows.push(...made);
      }
    }
  }
  return { rows, dot: dotOf(kernels) };
}

if (options.litert !== null) installLiteRt();
const outDir = `${PROJECT}/.cache/bench-engine`;
await build({
  root: PROJECT,
  logLevel: 'warn',
  build: { outDir, emptyOutDir: true, rolldownOptions: { input: `${PROJECT}/bench/engine/index.html` } },
});
const server = await preview({
  root: PROJECT,
  build: { outDir },
  preview: { port: 0 },
  plugins: options.litert === null ? [] : [serveLiteRt(options.litert)],
});
const url = `${server.resolvedUrls?.local[0]}bench/engine/index.html`;
const all: TimeRow[] = [];
try {
  for (const processor of options.processors) {
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: [...CHROMIUM_ARGS, ...FLAGS[processor]],
    });
    try {
      const { rows, dot } = await measure(browser, url);
      all.push(...rows);
      if (processor === 'vnni' && dot !== 'vnni') {
        console.error('This processor has no VNNI: the second run would be this one again.');
        break;
      }
    } finally {
      await browser.close();
    }
  }
} finally {
  await server.close();
}
ratiosOf(all).forEach(print);
