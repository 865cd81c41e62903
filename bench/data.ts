/**
 * What data costs in a real Chromium: `npx tsx bench/data.ts ARCHIVE [IMAGENETTE]`. ARCHIVE is cifar-10-binary.tar.gz or
 * one of its layout, IMAGENETTE a .tgz of Imagenette. One JSON row a line: megabytes a second of import and what memory
 * it added, images a second of shuffled, augmented training batches read back from IndexedDB, and at 160 pixels how that
 * compares with training a ResNet-18 on WebAssembly.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import type { bench } from './dataPage.ts';

type Bench = typeof bench;

const SAMPLE_MS = 100;

/** Of reading and of training, in turn. */
const ROUNDS = 5;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (x: number): number => Number(x.toFixed(1));
const row = (measured: Record<string, unknown>): void => console.log(JSON.stringify(measured));

/** Megabytes by kind of process: `browser`, `renderer`, `GPU`, .. */
type Memory = ReadonlyMap<string, number>;

/** Empty where there is no such process, or no longer. */
function rollupOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Proportional set size of Chromium's processes (Linux; elsewhere empty): a page that two of them share counts half in
 * each, so that the sum is what the machine gives. Resident sizes would count it twice.
 */
async function memoryOf(browser: Browser): Promise<Memory> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const found = new Map<string, number>();
  for (const { id, type } of processInfo) {
    const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(rollupOf(id))?.[1] ?? 0);
    found.set(type, (found.get(type) ?? 0) + kilobytes / 1024);
  }
  return found;
}

const sum = (memory: Memory): number => [...memory.values()].reduce((total, megabytes) => total + megabytes, 0);

/** What `work` added to the memory when all processes together had the most, and by kind of process. */
async function addedMemory<T>(
  browser: Browser,
  work: () => Promise<T>,
): Promise<{ result: T; all: number; byProcess: Record<string, number> }> {
  const before = await memoryOf(browser);
  let peak = before;
  let done = false;
  const watching = (async () => {
    while (!done) {
      const now = await memoryOf(browser);
      if (sum(now) > sum(peak)) peak = now;
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  const result = await work().finally(() => (done = true));
  await watching;
  const byProcess = Object.fromEntries(
    [...peak].map(([type, megabytes]) => [type, round(megabytes - (before.get(type) ?? 0))]),
  );
  return { result, all: sum(peak) - sum(before), byProcess };
}

async function measureImport(browser: Browser, page: Page, archive: string, name: string): Promise<void> {
  await page.locator('input').setInputFiles(archive);
  const megabytes = statSync(archive).size / 1e6;
  const { result, all, byProcess } = await addedMemory(browser, () =>
    page.evaluate(
      (set) => (globalThis as unknown as { bench: Bench }).bench.importHere(set),
      name === 'cifar10' ? name : null,
    ),
  );
  row({
    bench: 'import',
    archive: basename(archive),
    megabytes: round(megabytes),
    seconds: round(result),
    megabytesPerSecond: round(megabytes / result),
    addedMegabytes: round(all),
    byProcess,
  });
}

const [archive, imagenette] = process.argv.slice(2);
if (!archive) throw new Error('Name the archive: npx tsx bench/data.ts .cache/cifar-10-binary.tar.gz');
const server = await createServer({ server: { port: 0 }, logLevel: 'error' });
await server.listen();
// A profile on disk: a context of its own is incognito, and keeps IndexedDB in memory.
const profile = mkdtempSync(join(tmpdir(), 'fewbit-bench-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: findChromium(),
  args: [...CHROMIUM_ARGS],
});
const browser = context.browser();
if (!browser) throw new Error('Playwright gives no browser for a profile on disk: its memory cannot be measured.');
try {
  const page = await context.newPage();
  await page.goto(`${server.resolvedUrls?.local[0]}bench/data.html`);
  await page.waitForFunction(() => 'bench' in globalThis);
  await measureImport(browser, page, archive, 'cifar10');
  const cifar = await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.cifarRates());
  row({
    bench: 'read',
    images: '32x32',
    from: 'memory, after one load',
    loadSeconds: round(cifar.loadSeconds),
    imagesPerSecond: Math.round(cifar.imagesPerSecond),
  });
  const shards = await page.evaluate(() =>
    (globalThis as unknown as { bench: Bench }).bench.readingRate('cifar10', 32, 2, 20_000),
  );
  row({
    bench: 'read',
    images: '32x32',
    from: 'IndexedDB shards, random resized crop',
    firstEpoch: Math.round(shards[0]),
    secondEpoch: Math.round(shards[1]),
  });
  if (imagenette) {
    await measureImport(browser, page, imagenette, 'photos');
    await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.importFiles('jpeg', 320));
    const rates = await page.evaluate(() =>
      (globalThis as unknown as { bench: Bench }).bench.readingRate('jpeg', 160, 2, 2000),
    );
    row({
      bench: 'read',
      images: '160x160',
      from: 'IndexedDB, JPEG decoded, random resized crop',
      firstEpoch: Math.round(rates[0]),
      secondEpoch: Math.round(rates[1]),
    });
    const { reading, training, backend } = await page.evaluate(
      (rounds) => (globalThis as unknown as { bench: Bench }).bench.readingAgainstTraining('jpeg', 160, rounds),
      ROUNDS,
    );
    const ratios = reading.map((rate, round) => rate / training[round]);
    row({
      bench: 'reading against training',
      images: '160x160',
      network: 'ResNet-18, batch 16',
      backend,
      rounds: ROUNDS,
      readingPerSecond: round(median(reading)),
      trainingPerSecond: round(median(training)),
      ratio: round(median(ratios)),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)].map(round),
    });
  }
} finally {
  await context.close();
  await server.close();
  rmSync(profile, { recursive: true });
}
