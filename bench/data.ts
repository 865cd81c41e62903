/**
 * What data costs in a real Chromium: `npx tsx bench/data.ts ARCHIVE [IMAGENETTE]`. ARCHIVE is cifar-10-binary.tar.gz or
 * one of its layout, IMAGENETTE a .tgz of Imagenette. One JSON row a line: megabytes a second of import and what memory
 * it added, images a second of shuffled, augmented training batches read back from IndexedDB.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import type { bench } from './dataPage.ts';

type Bench = typeof bench;

const SAMPLE_MS = 100;
const round = (x: number): number => Number(x.toFixed(1));
const row = (measured: Record<string, unknown>): void => console.log(JSON.stringify(measured));

/** Resident megabytes of the page's process and of all of Chromium's (Linux; elsewhere NaN). */
async function resident(browser: Browser): Promise<{ page: number; all: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const megabytes = (pid: number): number => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
    } catch {
      return NaN;
    }
  };
  const of = (type?: string): number => processInfo.filter((process) => !type || process.type === type).reduce((sum, { id }) => sum + (megabytes(id) || 0), 0);
  return readdirSync('/').includes('proc') ? { page: of('renderer'), all: of() } : { page: NaN, all: NaN };
}

/** What `work` added to the memory at its highest. */
async function addedMemory<T>(browser: Browser, work: () => Promise<T>): Promise<{ result: T; page: number; all: number }> {
  const before = await resident(browser);
  const peak = { ...before };
  let done = false;
  const watching = (async () => {
    while (!done) {
      const now = await resident(browser);
      [peak.page, peak.all] = [Math.max(peak.page, now.page), Math.max(peak.all, now.all)];
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  const result = await work().finally(() => (done = true));
  await watching;
  return { result, page: peak.page - before.page, all: peak.all - before.all };
}

async function measureImport(browser: Browser, page: Page, archive: string, name: string): Promise<void> {
  await page.locator('input').setInputFiles(archive);
  const megabytes = statSync(archive).size / 1e6;
  const { result, page: added, all } = await addedMemory(browser, () =>
    page.evaluate((set) => (globalThis as unknown as { bench: Bench }).bench.importHere(set), name === 'cifar10' ? name : null),
  );
  row({ bench: 'import', archive: basename(archive), megabytes: round(megabytes), seconds: round(result), megabytesPerSecond: round(megabytes / result), addedMegabytesPage: round(added), addedMegabytesAll: round(all) });
}

const [archive, imagenette] = process.argv.slice(2);
if (!archive) throw new Error('Name the archive: npx tsx bench/data.ts .cache/cifar-10-binary.tar.gz');
const server = await createServer({ server: { port: 0 }, logLevel: 'error' });
await server.listen();
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
try {
  const page = await browser.newPage();
  await page.goto(`${server.resolvedUrls?.local[0]}bench/data.html`);
  await page.waitForFunction(() => 'bench' in globalThis);
  await measureImport(browser, page, archive, 'cifar10');
  const cifar = await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.cifarRates());
  row({ bench: 'read', images: '32x32', from: 'memory, after one load', loadSeconds: round(cifar.loadSeconds), imagesPerSecond: Math.round(cifar.imagesPerSecond) });
  const shards = await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.readingRate('cifar10', 32, 2, 20_000));
  row({ bench: 'read', images: '32x32', from: 'IndexedDB shards, random resized crop', firstEpoch: Math.round(shards[0]), secondEpoch: Math.round(shards[1]) });
  if (imagenette) {
    await measureImport(browser, page, imagenette, 'photos');
    await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.importFiles('jpeg', 320));
    const rates = await page.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.readingRate('jpeg', 160, 2, 2000));
    row({ bench: 'read', images: '160x160', from: 'IndexedDB, JPEG decoded, random resized crop', firstEpoch: Math.round(rates[0]), secondEpoch: Math.round(rates[1]) });
  }
} finally {
  await browser.close();
  await server.close();
}
