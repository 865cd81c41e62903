/** Imports in a real Chromium, from a server that breaks: each ends whole and checked, or with a sentence and nothing kept. */
import { writeFileSync } from 'node:fs';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { cifarBatch, tarGz } from '../src/data/testing/archives.ts';
import { drop } from './drop.ts';
import { startFaultServer, type Fault, type FaultServer } from './server.ts';

/** 10,000 images as three files: some 31 MB, so that parts and shards are several. */
const ARCHIVE = 'school.tar.gz';

let server: FaultServer;
let archive: Uint8Array;

test.beforeAll(async () => {
  archive = await tarGz({
    'cifar-10-batches-bin/data_batch_1.bin': cifarBatch(5000, 1),
    'cifar-10-batches-bin/data_batch_2.bin': cifarBatch(4000, 2),
    'cifar-10-batches-bin/test_batch.bin': cifarBatch(1000, 3),
  });
  server = await startFaultServer({ [ARCHIVE]: archive });
});
test.afterAll(() => server.close());
test.afterEach(() => server.mend());

/** The page without the lab's computing, with the data panel open. */
async function openPanel(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('/#screen=data');
  await page.getByRole('heading', { name: 'Datasets' }).click();
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
  return page;
}

async function importLink(page: Page, file = ARCHIVE): Promise<void> {
  await page.getByLabel('Link').fill(server.url + file);
  await page.getByRole('button', { name: 'Import the link' }).click();
}

const school = (page: Page) => page.getByTestId('dataset-school');

/** How many records each store holds. */
const stored = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('fewbit');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const counts: Record<string, number> = {};
    for (const name of database.objectStoreNames) {
      counts[name] = await new Promise((resolve, reject) => {
        const counting = database.transaction(name).objectStore(name).count();
        counting.onsuccess = () => resolve(counting.result);
        counting.onerror = () => reject(counting.error);
      });
    }
    database.close();
    return counts;
  });

const NOTHING = { imageSets: 0, shards: 0, shardIndexes: 0, downloads: 0, parts: 0 };

async function removeAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Remove school' }).click();
  await expect(school(page)).toHaveCount(0);
  expect(await stored(page)).toMatchObject(NOTHING);
}

test('a link imports, shows its classes, survives a reload without the server, and can be removed', async ({
  context,
}) => {
  const page = await openPanel(context);
  await importLink(page);
  await expect(school(page)).toContainText('Ready: 9,000 training and 1,000 test images');
  expect(await stored(page)).toMatchObject({ downloads: 0, parts: 0, imageSets: 1 });
  server.takeLog();
  await page.close();

  const again = await openPanel(context);
  await expect(school(again)).toHaveAttribute('data-state', 'ready');
  await again.getByRole('button', { name: 'Show images' }).click();
  await expect(again.getByRole('row', { name: /^airplane/ })).toContainText('900');
  await expect(again.getByRole('img', { name: '8 test images of truck' })).toBeVisible();
  expect(server.takeLog()).toEqual([]);
  await removeAll(again);
});

const PASSING: readonly [name: string, fault: Fault][] = [
  ['a cut connection', { kind: 'cut', at: 12_000_000 }],
  ['status 500', { kind: 'status', code: 500 }],
];

for (const [name, fault] of PASSING) {
  test(`${name} is made good without the user`, async ({ context }) => {
    const page = await openPanel(context);
    server.breakNext(fault, 1);
    await importLink(page);
    await expect(school(page)).toHaveAttribute('data-state', 'ready');
    await removeAll(page);
  });
}

const LASTING: readonly [name: string, fault: Fault, message: RegExp][] = [
  ['a 404', { kind: 'status', code: 404 }, /school.tar.gz could not be fetched: .* answered 404/],
  ['a web page with status 200', { kind: 'page' }, /answered with a web page instead of the file/],
  ['the wrong length', { kind: 'length', bytes: 9_000_000 }, /school.tar.gz is damaged or cut short/],
  ['a flipped byte', { kind: 'flip', at: 20_000_000 }, /school.tar.gz/],
];

for (const [name, fault, message] of LASTING) {
  test(`${name} ends with a sentence, and nothing of it is offered`, async ({ context }) => {
    const page = await openPanel(context);
    server.breakNext(fault);
    await importLink(page);
    await expect(page.locator('.datasets').getByRole('alert')).toContainText(message);
    await expect(school(page)).toHaveCount(0);
    expect(await stored(page)).toMatchObject(NOTHING);
  });
}

async function importUntilStalled(page: Page): Promise<void> {
  server.breakNext({ kind: 'stall', at: 20_000_000 });
  await importLink(page);
  await expect.poll(async () => (await stored(page)).parts).toBeGreaterThanOrEqual(4);
}

test('a page that is killed in mid-import goes on where it was', async ({ context }) => {
  const page = await openPanel(context);
  await importUntilStalled(page);
  await expect.poll(async () => (await stored(page)).shards).toBeGreaterThanOrEqual(2);
  await page.close({ runBeforeUnload: false });

  server.mend();
  server.takeLog();
  const again = await openPanel(context);
  await expect(school(again)).toContainText('Interrupted');
  await importLink(again);
  await expect(school(again)).toHaveAttribute('data-state', 'ready');
  expect(server.takeLog()[0]).toMatch(/^GET \/school.tar.gz bytes=16777216-/);
  await removeAll(again);
});

async function pauseOnTheWay(page: Page): Promise<void> {
  await importUntilStalled(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(school(page)).toContainText('Interrupted');
}

test('a pause keeps what has come', async ({ context }) => {
  const page = await openPanel(context);
  await pauseOnTheWay(page);
  server.mend();
  await importLink(page);
  await expect(school(page)).toHaveAttribute('data-state', 'ready');
  await removeAll(page);
});

test('a cancelled import leaves nothing behind', async ({ context }, testInfo) => {
  const page = await openPanel(context);
  await importUntilStalled(page);
  const path = testInfo.outputPath('holiday.zip');
  writeFileSync(path, 'x');
  await drop(page, page.getByRole('heading', { name: 'Datasets' }), path);
  const alert = page.locator('.datasets').getByRole('alert');
  await expect(alert, 'what is dropped meanwhile').toContainText('Not taken: holiday.zip.');
  await page.getByRole('button', { name: 'Cancel the import' }).click();
  await expect(page.getByRole('button', { name: 'Import the link' })).toBeEnabled();
  await expect(alert).toContainText('Not taken: holiday.zip.');
  await expect(school(page)).toHaveCount(0);
  expect(await stored(page)).toMatchObject(NOTHING);
  server.mend();
});

test('an interrupted import can be removed, with what was downloaded', async ({ context }) => {
  const page = await openPanel(context);
  await pauseOnTheWay(page);
  await removeAll(page);
});

test('two tabs that import the same set end with one', async ({ context }) => {
  const [one, two] = [await openPanel(context), await openPanel(context)];
  await importLink(one);
  await importLink(two);
  for (const page of [one, two]) await expect(school(page)).toHaveAttribute('data-state', 'ready');
  expect(await stored(one)).toMatchObject({ imageSets: 1, parts: 0 });
  await one.getByRole('button', { name: 'Show images' }).click();
  await expect(one.getByRole('img', { name: '8 test images of truck' })).toBeVisible();
  await removeAll(one);
});

test('files that are not the set they are said to be are refused', async ({ context }) => {
  const page = await openPanel(context);
  await page.getByLabel('It is').selectOption('cifar10');
  await page
    .getByLabel('Or choose files')
    .setInputFiles({ name: 'x.tgz', mimeType: 'application/gzip', buffer: Buffer.from(archive) });
  await expect(page.locator('.datasets').getByRole('alert')).toContainText(
    'should have 50000 images in its train split, but 9000 came',
  );
  expect(await stored(page)).toMatchObject(NOTHING);
});

test('a set whose stored copy has changed is found by a check, is offered no more, and comes in anew', async ({
  context,
}) => {
  const page = await openPanel(context);
  await importLink(page);
  await expect(school(page)).toHaveAttribute('data-state', 'ready');
  await page.getByRole('button', { name: 'Check school' }).click();
  await expect(page.locator('.datasets').getByRole('alert')).toContainText(
    /school is as it was imported: \d+ parts compared/,
  );
  await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('fewbit'));
    const shards = () => database.transaction('shards', 'readwrite').objectStore('shards');
    const shard = await done(shards().get(['school', 'train', 1]) as IDBRequest<Uint8Array>);
    shard[1234] ^= 1;
    await done(shards().put(shard, ['school', 'train', 1]));
    database.close();
  });
  await page.getByRole('button', { name: 'Check school' }).click();
  await expect(school(page)).toHaveAttribute('data-state', 'damaged');
  await expect(page.locator('.datasets').getByRole('alert')).toContainText(
    'a part of its train split has changed. Import it again, or remove it.',
  );
  await importLink(page);
  await expect(school(page)).toHaveAttribute('data-state', 'ready');
  await removeAll(page);
});

test('an import goes on while another screen is shown', async ({ context }) => {
  const page = await openPanel(context);
  server.breakNext({ kind: 'stall', at: 20_000_000 });
  await importLink(page);
  await expect.poll(async () => (await stored(page)).parts).toBeGreaterThanOrEqual(4);
  await page.getByRole('link', { name: 'The bill', exact: true }).click();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(school(page)).toContainText('Interrupted');
  await removeAll(page);
});

test("the browser's word on keeping the storage is shown", async ({ context }) => {
  const page = await openPanel(context);
  await expect(page.getByTestId('storage')).toContainText(/This page uses .* of about .* that the browser gives it\./);
  await importLink(page);
  await expect(school(page)).toHaveAttribute('data-state', 'ready');
  await expect(page.getByTestId('storage')).toContainText(
    /The browser has promised to keep it|It was asked to keep it and did not promise to/,
  );
  await removeAll(page);
});
