/**
 * What a drag on the bitwidth slider costs Snap: `npx tsx bench/snap.ts`. A mouse drags the real control to and fro over
 * the largest layer of a ResNet-18 (2,359,296 weights) in Chromium; the page is built as it is shipped. One JSON row:
 * milliseconds from the slider's event to a page that is rendered and laid out, how long the worker's part takes, and the load (processes that want a core) it was measured under.
 */
import { availableParallelism, loadavg } from 'node:os';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import type { bench } from './snapPage.ts';

const DRAGS = 30;

const of = (sorted: readonly number[], share: number): number =>
  Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(2));

const outDir = `${PROJECT}/.cache/bench-snap`;
await build({
  root: PROJECT,
  logLevel: 'warn',
  build: { outDir, emptyOutDir: true, rolldownOptions: { input: `${PROJECT}/bench/snap.html` } },
});
const server = await preview({ root: PROJECT, build: { outDir }, preview: { port: 0 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(`${server.resolvedUrls?.local[0]}bench/snap.html`);
  await page.getByTestId('chart-snap').waitFor();
  const slider = await page.getByTestId('bits').boundingBox();
  if (!slider) throw new Error('The slider is not on the page.');
  const [y, left, right] = [slider.y + slider.height / 2, slider.x + 15, slider.x + slider.width - 15];
  const drag = async (times: number): Promise<void> => {
    await page.mouse.move(left, y);
    await page.mouse.down();
    for (let i = 0; i < times; i++) await page.mouse.move(i % 2 ? left : right, y, { steps: 24 });
    await page.mouse.up();
  };
  await drag(4);
  await page.evaluate(() => (globalThis as unknown as { bench: typeof bench }).bench.start());
  await drag(DRAGS);
  const { redraws, longTasks } = await page.evaluate(() =>
    (globalThis as unknown as { bench: typeof bench }).bench.measured(),
  );
  const snapMs = await page.evaluate(() => (globalThis as unknown as { bench: typeof bench }).bench.snapMs());
  const sorted = redraws.toSorted((a, b) => a - b);
  console.log(
    JSON.stringify({
      bench: 'snap',
      layer: 'resnet18 layer4.1.conv2',
      weights: 2_359_296,
      redraws: sorted.length,
      medianMs: of(sorted, 0.5),
      p95Ms: of(sorted, 0.95),
      maxMs: of(sorted, 1),
      longTasks: longTasks.length,
      allBitwidthsMs: Math.round(snapMs),
      cores: availableParallelism(),
      load: Number(loadavg()[0].toFixed(1)),
      command: 'npx tsx bench/snap.ts',
    }),
  );
} finally {
  await browser.close();
  await server.close();
}
