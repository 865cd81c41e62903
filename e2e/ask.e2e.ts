/** Folders whose layout is unclear or odd, in a real Chromium: asked about before they come in, told of once they are here. */
import { expect, test, type Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { noisePicture } from '../src/data/testing/noise.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import type { ZipFile } from '../src/data/testing/zips.ts';

function png(seed: number): Uint8Array {
  const { height, width, pixels } = noisePicture(20, 30, seed);
  const image = new PNG({ height, width });
  for (let i = 0; i < height * width; i++) image.data.set([...pixels.subarray(i * 3, i * 3 + 3), 255], i * 4);
  return new Uint8Array(PNG.sync.write(image));
}

const pictures = (folders: readonly string[], each: number): ZipFile[] =>
  folders.flatMap((folder, place) =>
    Array.from({ length: each }, (_, i) => ({ name: `${folder}/${i}.png`, content: png(place * 50 + i) })),
  );

async function openPanel(page: Page): Promise<void> {
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('./#screen=data&hide=guess');
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
}

const choose = (page: Page, name: string, files: readonly ZipFile[]): Promise<void> =>
  page
    .getByLabel('Or choose files')
    .setInputFiles({ name, mimeType: 'application/zip', buffer: Buffer.from(zipOf(files)) });

test('two readings are shown with their counts, and the one that is chosen comes in', async ({ page }) => {
  await openPanel(page);
  await choose(page, 'zoo.zip', pictures(['bird/owl', 'bird/hen', 'mammal/cat', 'mammal/dog'], 5));
  const ask = page.getByTestId('ask');
  await expect(ask.getByRole('row', { name: /^bird 8 2/ })).toBeVisible();
  await ask.getByRole('radio', { name: /the second folder/ }).check();
  await expect(ask.getByRole('row', { name: /^owl 4 1/ })).toBeVisible();
  await ask.getByRole('button', { name: 'Import it so' }).click();
  await expect(page.getByTestId('dataset-zoo')).toContainText('Ready: 16 training and 4 test images');
  await page.getByRole('button', { name: 'Show images' }).click();
  await expect(page.getByRole('row', { name: /^hen/ })).toBeVisible();
});

test('classes without test images are named before a picture is read; leaving it leaves nothing', async ({ page }) => {
  await openPanel(page);
  await choose(page, 'pets.zip', [...pictures(['train/cat', 'train/dog'], 6), ...pictures(['test/cat'], 2)]);
  const ask = page.getByTestId('ask');
  await expect(ask).toContainText('dog has no test images.');
  await ask.getByRole('button', { name: 'Leave it' }).click();
  await expect(ask).toHaveCount(0);
  await expect(page.getByTestId('dataset-pets')).toHaveCount(0);
});

test('more than a fifth that cannot be read is asked about; then it is here, and says so', async ({ page }) => {
  await openPanel(page);
  const cut = ['cat/a.png', 'cat/b.png', 'dog/c.png'].map((name, i) => ({ name, content: png(900 + i).slice(0, 300) }));
  await choose(page, 'pets.zip', [...pictures(['cat', 'dog'], 5), ...cut]);
  const ask = page.getByTestId('ask');
  await expect(ask).toContainText('3 of the 13 pictures of pets cannot be read and would be left out.');
  await ask.getByRole('button', { name: 'Go on without them' }).click();
  const row = page.getByTestId('dataset-pets');
  await expect(row).toContainText('Ready: 8 training and 2 test images');
  await expect(row).toContainText('3 pictures are left out: damaged or cut short (cat/a.png, …)');
});

test('a few that cannot be read are left out without a question, WebP and BMP are decoded', async ({ page }) => {
  await openPanel(page);
  const webp = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(24, 18);
    const context = canvas.getContext('2d');
    if (context) context.fillStyle = '#a52';
    context?.fillRect(0, 0, 24, 18);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp' })).arrayBuffer())];
  });
  const odd = [
    { name: 'cat/w.webp', content: Uint8Array.from(webp) },
    { name: 'dog/cut.png', content: png(1).slice(0, 300) },
  ];
  await choose(page, 'pets.zip', [...pictures(['cat', 'dog'], 10), ...odd]);
  const row = page.getByTestId('dataset-pets');
  await expect(row).toContainText('1 picture is left out: damaged or cut short (dog/cut.png');
  await expect(row).toContainText(/Ready: 1[67] training and [45] test images/);
});
