/**
 * How soon a move of the bitwidth slider shows an accuracy: `npx tsx bench/preview.ts [--seconds 120]`. The built page in
 * Chromium with ResNet-20 on WASM; keys move the slider while the lab is evaluating or timing, and a script in the page takes
 * the time from the slider's input event to the preview's words in the document. One JSON row: milliseconds of single moves
 * and of sweeps over four widths (from the last of them), the means of what a move waits for, the load it was measured
 * under. Widths that the page previewed ahead (`ahead`) are there at once; `asked` is the spread of the others, and of moves in a
 * page that has just opened. And, so that a busy machine matters less, the preview's own time against that of the float network on the same
 * images, measured in turn. Each page takes some 10 s; after --seconds none is opened any more, and stderr tells of each.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import { commitOf } from '../scripts/commit.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import { PREVIEW_IMAGES } from '../src/contract/settings.ts';
import { quantile } from '../src/runtime/statistics.ts';
import { measuredMove, probe, type Move, type Probe } from './previewProbe.ts';

const ROUNDS = 6;
/** Pages at least, of moves and of sweeps, however long they take. */
const FEWEST = 1;
/** Images of an evaluation: more than it measures between two moves, so that there is always one to interrupt. */
const IMAGES = 800;
const SWEEPS = 6;
/** Milliseconds between two keys of a sweep, a fast hand's. */
const SWEEP_KEY_MS = 60;
const GOLDEN = 0.6180339887;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds}: it must be a number above 0.`);

type Found = { readonly probe: Probe };

const rounded = (value: number): number => Number(value.toFixed(1));
const mean = (values: readonly number[]): number =>
  rounded(values.reduce((sum, value) => sum + value, 0) / values.length);
const spread = (values: readonly number[]): object => ({
  medianMs: rounded(quantile(values, 0.5)),
  p95Ms: rounded(quantile(values, 0.95)),
  maxMs: rounded(Math.max(...values)),
});

const outDir = `${PROJECT}/.cache/bench-preview`;
await build({ root: PROJECT, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
const server = await preview({ root: PROJECT, build: { outDir }, preview: { port: 0 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });

async function open(seed: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  // A busy machine takes its time to open a page.
  page.setDefaultTimeout(180_000);
  await page.addInitScript(probe);
  await page.goto(`${server.resolvedUrls?.local[0]}#backend=wasm&images=${IMAGES}&hide=guess&screen=bill&seed=${seed}`);
  await page.getByTestId('top1-modern-8').waitFor();
  await page.getByTestId('bits').focus();
  return page;
}

const begun = performance.now();
/** Whether less than this part of the time has passed. */
const isTimeLeft = (part: number): boolean => performance.now() - begun < part * seconds * 1000;

try {
  const moves: Move[] = [];
  const firsts: Move[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS && (round < FEWEST || isTimeLeft(2 / 3)); round++) {
    // A move as soon as the page has its first answer: nothing is previewed ahead yet.
    const fresh = await open(ROUNDS + SWEEPS + round);
    firsts.push(await measuredMove(fresh, 7, () => fresh.keyboard.press('ArrowRight')));
    await fresh.close();
    const page = await open(round);
    for (const bits of [7, 6, 5, 4, 3, 2]) {
      // The control rests, and what it rests on is measured and timed: the moves meet all of that.
      await page.waitForTimeout(600 + 1800 * ((moves.length * GOLDEN) % 1));
      moves.push(await measuredMove(page, bits, () => page.keyboard.press('ArrowRight')));
      const float = await page.evaluate(
        (images) => (globalThis as unknown as Found).probe.float(images),
        PREVIEW_IMAGES,
      );
      const [{ ahead, workMs }] = moves.slice(-1);
      if (!ahead) ratios.push(workMs / (1000 * float));
    }
    await page.close();
    for (const move of [...firsts.slice(-1), ...moves.slice(-6)]) console.error(JSON.stringify(move));
  }
  const sweeps: Move[] = [];
  for (let sweep = 0; sweep < SWEEPS && (sweep < FEWEST || isTimeLeft(1)); sweep++) {
    const page = await open(ROUNDS + sweep);
    await page.waitForTimeout(600 + 1800 * ((sweep * GOLDEN) % 1));
    sweeps.push(
      await measuredMove(page, 4, async () => {
        for (let key = 0; key < 4; key++) {
          if (key > 0) await page.waitForTimeout(SWEEP_KEY_MS);
          await page.keyboard.press('ArrowRight');
        }
      }),
    );
    await page.close();
  }
  const waitOf = ({ waitMs, answerMs }: Move): number => waitMs + answerMs;
  const counts = moves.reduce<Record<string, number>>(
    (all, { interrupted }) => ({ ...all, [interrupted]: (all[interrupted] ?? 0) + 1 }),
    {},
  );
  const waits = Object.keys(counts).map(
    (kind) => [kind, mean(moves.filter(({ interrupted }) => interrupted === kind).map(waitOf))] as const,
  );
  const stages = [...new Set(moves.map(({ stage }) => stage))].map(
    (stage) => [stage, mean(moves.filter((each) => each.stage === stage).map(waitOf))] as const,
  );
  const asked = [...moves, ...firsts].filter(({ ahead }) => !ahead);
  const part = (name: 'waitMs' | 'workMs' | 'answerMs' | 'drawMs'): number => mean(moves.map((each) => each[name]));
  console.log(
    JSON.stringify({
      bench: 'preview',
      model: 'resnet20',
      backend: 'wasm',
      images: PREVIEW_IMAGES,
      moves: moves.length,
      ...spread(moves.map(({ totalMs }) => totalMs)),
      ahead: moves.filter(({ ahead }) => ahead).length,
      ...(asked.length > 0 && { asked: spread(asked.map(({ totalMs }) => totalMs)) }),
      waitMs: part('waitMs'),
      workMs: part('workMs'),
      answerMs: part('answerMs'),
      drawMs: part('drawMs'),
      interrupted: counts,
      waitMsAfter: Object.fromEntries(waits),
      waitMsAtStage: Object.fromEntries(stages),
      longestWaitMs: rounded(Math.max(...moves.map(waitOf))),
      sweeps: { count: sweeps.length, ...spread(sweeps.map(({ totalMs }) => totalMs)) },
      ...(ratios.length > 0 && { timesFloat: Number(quantile(ratios, 0.5).toFixed(2)) }),
      cores: availableParallelism(),
      load: Number(loadavg()[0].toFixed(1)),
      commit: commitOf(PROJECT),
      command: `npx tsx bench/preview.ts --seconds ${seconds}`,
    }),
  );
} finally {
  await browser.close();
  await server.close();
}
