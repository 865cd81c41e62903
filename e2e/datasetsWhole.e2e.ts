/** Whole datasets in a real Chromium: CIFAR-10's 60,000 images, checked one by one, and the Imagenette at hand. */
import { expect, test, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { CIFAR10_FILES } from '../src/data/formats/cifarBinary.ts';
import { IMAGENETTE_CLASSES } from '../src/data/imagenette.ts';
import { gunzipped, tarEntries } from '../src/data/archives/tar.ts';
import { cifarPickle } from '../src/data/testing/archives.ts';
import { imageParquet, type Row } from './parquet.ts';

const CIFAR = resolve('.cache/cifar10');
const IMAGENETTE = resolve(process.env['FEWBIT_ASSETS'] ?? '../shared/assets', 'imagenette2-224-part.tgz');

async function openPanel(page: Page): Promise<void> {
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('/#screen=data');
  await page.getByRole('heading', { name: 'Datasets' }).click();
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
}

/** SHA-256 of each 10,000 images of a split, put back into CIFAR's binary layout from what IndexedDB holds. */
const binaryHashes = (page: Page, split: 'train' | 'test'): Promise<string[]> =>
  page.evaluate(async (wanted) => {
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const opening = indexedDB.open('fewbit');
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => fail(opening.error);
    });
    const read = <T>(store: string, place: number) =>
      new Promise<T | undefined>((done, fail) => {
        const reading = database.transaction(store).objectStore(store).get(['cifar10', wanted, place]);
        reading.onsuccess = () => done(reading.result as T | undefined);
        reading.onerror = () => fail(reading.error);
      });
    type Index = { count: number; classes: string[]; labels: Int32Array };
    const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    const file = new Uint8Array(10_000 * 3073);
    const hashes: string[] = [];
    let image = 0;
    for (let place = 0; ; place++) {
      const index = await read<Index>('shardIndexes', place);
      const pixels = await read<Uint8Array>('shards', place);
      if (!index || !pixels) break;
      for (let i = 0; i < index.count; i++, image++) {
        const start = (image % 10_000) * 3073;
        file[start] = names.indexOf(index.classes[index.labels[i]]);
        for (let p = 0; p < 1024; p++)
          for (let c = 0; c < 3; c++) file[start + 1 + c * 1024 + p] = pixels[i * 3072 + p * 3 + c];
        if (image % 10_000 === 9999)
          hashes.push(
            Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', file)), (byte) =>
              byte.toString(16).padStart(2, '0'),
            ).join(''),
          );
      }
    }
    database.close();
    return hashes;
  }, split);

const LAYOUTS = ['binary', 'Python'] as const;

/** An archive of CIFAR-10 in its published layout, made of the prepared files. */
function cifarArchive(folder: string, layout: (typeof LAYOUTS)[number]): string {
  const inside = `cifar-10-batches-${layout === 'binary' ? 'bin' : 'py'}`;
  const archive = join(folder, 'archive');
  mkdirSync(join(folder, inside));
  const paths = CIFAR10_FILES.map(({ name }) => {
    const path = join(inside, layout === 'binary' ? name : name.replace('.bin', ''));
    const file = new Uint8Array(readFileSync(join(CIFAR, name)));
    writeFileSync(join(folder, path), layout === 'binary' ? file : cifarPickle(file));
    return path;
  });
  // By name, for a folder's own order is the disk's: the hashes below are of the batches in turn.
  execFileSync('tar', ['-czf', archive, '-C', folder, ...paths]);
  return archive;
}

for (const layout of LAYOUTS) {
  test(`CIFAR-10 comes in whole from its ${layout} archive: every label and pixel of 60,000 images`, async ({
    page,
  }) => {
    test.skip(
      !existsSync(join(CIFAR, 'test_batch.bin')),
      'needs .cache/cifar10: run npx tsx scripts/prepare-cifar10.ts',
    );
    const folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
    try {
      const archive = cifarArchive(folder, layout);
      await openPanel(page);
      await page.getByLabel('It is').selectOption('cifar10');
      await page.getByLabel('Or choose files').setInputFiles(archive);
      await expect(page.getByTestId('dataset-cifar10')).toContainText('Ready: 50,000 training and 10,000 test images');
      await expect(page.getByTestId('dataset-cifar10')).toContainText('Compared with the published images: the same.');
      const published = (split: string) =>
        CIFAR10_FILES.filter((file) => file.split === split).map(({ sha256 }) => sha256);
      expect(await binaryHashes(page, 'train')).toEqual(published('train'));
      expect(await binaryHashes(page, 'test')).toEqual(published('test'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Every photo of the archive at hand, by split. */
async function photosOf(archive: string): Promise<Record<'train' | 'val', Row[]>> {
  const rows: Record<'train' | 'val', Row[]> = { train: [], val: [] };
  const stream = Readable.toWeb(createReadStream(archive)) as ReadableStream<Uint8Array<ArrayBuffer>>;
  for await (const { path, read } of tarEntries(gunzipped(stream, archive), archive)) {
    const [, split, synset] = path.split('/');
    const label = IMAGENETTE_CLASSES.findIndex((known) => known.synset === synset);
    if (label >= 0 && (split === 'train' || split === 'val')) rows[split].push({ path, file: await read(), label });
  }
  return rows;
}

test('Imagenette comes in from parquet, as Hugging Face lays it out: 7,925 photos in their classes', async ({
  page,
}) => {
  test.skip(!existsSync(IMAGENETTE), `needs ${IMAGENETTE}`);
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
  try {
    const { train, val } = await photosOf(IMAGENETTE);
    const files = [
      ['train-00000-of-00001.parquet', train],
      ['validation-00000-of-00001.parquet', val],
    ] as const;
    for (const [name, rows] of files)
      writeFileSync(
        join(folder, name),
        imageParquet(
          rows,
          IMAGENETTE_CLASSES.map(({ synset }) => synset),
        ),
      );
    await openPanel(page);
    await page.getByLabel('Or choose files').setInputFiles(files.map(([name]) => join(folder, name)));
    const set = page.getByTestId('dataset-train-00000-of-00001');
    await expect(set).toContainText('Ready: 5,000 training and 2,925 test images', { timeout: 600_000 });
    await page.getByRole('button', { name: 'Show images' }).click();
    for (const [label, { name }] of IMAGENETTE_CLASSES.entries()) {
      const count = (rows: readonly Row[]): string =>
        rows.filter((row) => row.label === label).length.toLocaleString('en');
      await expect(page.getByRole('row', { name: new RegExp(`^${name} ${count(train)} ${count(val)}`) })).toBeVisible();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Imagenette comes in from its archive, ten classes, 7,925 photos', async ({ page }) => {
  test.skip(!existsSync(IMAGENETTE), `needs ${IMAGENETTE}`);
  test.slow();
  await openPanel(page);
  await page.getByLabel('Or choose files').setInputFiles(IMAGENETTE);
  await expect(page.getByTestId('import-size')).toContainText('It will take up to about 810 MB in this browser');
  await page.getByRole('button', { name: 'Import it so' }).click();
  const set = page.getByTestId('dataset-imagenette2-224-part');
  await expect(set).toContainText('Ready: 5,000 training and 2,925 test images', { timeout: 600_000 });
  await page.getByRole('button', { name: 'Show images' }).click();
  for (const name of [
    'tench',
    'English springer',
    'cassette player',
    'chain saw',
    'church',
    'French horn',
    'garbage truck',
    'gas pump',
    'golf ball',
    'parachute',
  ]) {
    await expect(page.getByRole('img', { name: `8 test images of ${name}` })).toBeVisible();
  }
});
