/**
 * `npx tsx scripts/checks/lesson/firstAnswer.ts --weights resnet18.safetensors --photos imagenette.tgz [--address URL]`: from a
 * photo to its first answer, network and session open, with ResNet-20 (at most 2 s) and ResNet-18 at 160 pixels (at most 5 s).
 * The photos are an archive of Imagenette's, or a part of it; three are dropped one after another, the slowest counts.
 * More than that ends it with 1.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expect } from '@playwright/test';
import type { Page } from 'playwright';
import { openBrowser } from './page.ts';

const { values } = parseArgs({
  options: { weights: { type: 'string' }, photos: { type: 'string' }, address: { type: 'string' } },
});
if (!values.weights || !values.photos) throw new Error('Say --weights FILE and --photos ARCHIVE.');

const LONG = { timeout: 600_000 };
/** Enough to calibrate on; the more, the longer the import. */
const PER_CLASS = 30;

const folder = mkdtempSync(join(tmpdir(), 'first-answer-'));
const listed = execFileSync('tar', ['tzf', values.photos], { encoding: 'utf8', maxBuffer: 1e9 }).split('\n');
const taken = new Map<string, string[]>();
for (const path of listed.filter((each) => /\.jpe?g$/i.test(each))) {
  const of = path.slice(0, path.lastIndexOf('/'));
  const files = taken.get(of) ?? [];
  if (files.length < PER_CLASS) taken.set(of, [...files, path]);
}
execFileSync('tar', ['xzf', values.photos, '-C', folder, ...[...taken.values()].flat()]);
const [top] = readdirSync(folder);
const few = join(folder, 'few.tgz');
execFileSync('tar', ['czf', few, '-C', folder, top]);
const photos = [...taken.values()].map(([first]) => join(folder, first));

/** Milliseconds to each photo's first answer. */
async function times(page: Page, count: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let place = 0; place <= count; place++) {
    const begun = performance.now();
    await page.getByTestId('photo-files').setInputFiles(photos[place]);
    await expect(page.getByTestId(`answer-${place}-32`)).toBeVisible(LONG);
    // The first photo opens the session.
    if (place > 0) found.push(performance.now() - begun);
    await expect(page.getByTestId('classify-finding')).toHaveAttribute('data-complete', 'true', LONG);
  }
  return found;
}

const { browser, address, stop } = await openBrowser(values.address);
let late = false;
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${address}#screen=data&images=100&hide=guess`);
  for (const file of [values.weights, few]) {
    await page.getByLabel('Or choose files').setInputFiles(file);
    const ask = page.getByRole('button', { name: 'Import it so' });
    const there = page.getByTestId('dataset-few').or(page.getByTestId('weights:resnet18'));
    await expect(ask.or(there.filter({ hasText: 'Ready' }))).toBeVisible(LONG);
    if (await ask.isVisible()) await ask.click();
    await expect(page.getByTestId(file === few ? 'dataset-few' : 'weights:resnet18')).toContainText('Ready', LONG);
  }
  for (const [name, link, limit] of [
    ['ResNet-20', '', 2000],
    ['ResNet-18 at 160', '&model=resnet18&dataset=few&side=160', 5000],
  ] as const) {
    await page.goto('about:blank');
    await page.goto(`${address}#screen=classify&images=20&hide=guess${link}`);
    await expect(page.getByTestId('device')).toHaveAttribute('data-backend', /./, LONG);
    const found = await times(page, 3);
    const slowest = Math.max(...found);
    late ||= slowest > limit;
    console.log(
      `${name}: ${found.map((ms) => ms.toFixed(0)).join(', ')} ms from a photo to its first answer, at most ${limit}`,
    );
  }
} finally {
  await stop();
  rmSync(folder, { recursive: true });
}
if (late) process.exit(1);
