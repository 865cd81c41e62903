/** Teachable Machine's models brought to the built page: loose files, a zip, parts that are missing; measured by agreement. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { ACCURACY } from '../src/app/testing/accuracySaid.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import { teachable } from '../src/weights/testing/teachable.ts';
import { pagesOf } from './paper.ts';

const ASSETS = process.env.FEWBIT_ASSETS ?? new URL('../../shared/assets', import.meta.url).pathname;
const ON_SAMPLE = './#model=own&dataset=cifar10-sample&backend=wasm&images=60&calibration=32&bits=4&hide=guess';

type Part = { readonly name: string; readonly content: Uint8Array };

function partsOf(labels: readonly string[], side: number): readonly Part[] {
  const { model, metadata, shards } = teachable(labels, side, 3);
  return [
    { name: 'model.json', content: model },
    { name: 'metadata.json', content: metadata ?? new Uint8Array() },
    ...[...shards].map(([name, content]) => ({ name, content })),
  ];
}

const choose = (page: Page, parts: readonly Part[]): Promise<void> =>
  page
    .getByLabel('Or choose files')
    .setInputFiles(
      parts.map(({ name, content }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })),
    );

const own = (page: Page) => page.getByTestId('weights:own');

async function openData(page: Page): Promise<void> {
  await page.goto('./#screen=data&backend=wasm&images=60&calibration=32&hide=guess');
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
}

test('three loose files are a network of their labels, measured by agreement and called so', async ({
  page,
}, testInfo) => {
  await openData(page);
  await choose(page, partsOf(['mug', 'plant', 'hand'], 32));
  await expect(own(page)).toHaveAttribute('data-state', 'ready');
  await expect(own(page)).toContainText('teachable-machine');
  await page.goto(ON_SAMPLE);
  await page.reload();
  await expect(page.getByTestId('unlabelled')).toContainText('no answer to them is right or wrong');
  await expect(page.getByTestId('headline')).toContainText(
    /At 4 bits the network answers [\d.]+% of 60 images as it does in 32 bits/,
  );
  await expect(page.getByTestId('top1-float32')).toHaveAttribute('value', '1');
  await expect(page.getByTestId('readout-top1')).toContainText('%');
  await expect(page.locator('.results thead')).toContainText('Agreement');
  await expect(page.locator('.results thead')).not.toContainText('Top-1');
  await expect(page.getByTestId('damage')).toContainText(/mug|plant|hand/);
  await expect(page.getByTestId('damage-finding')).toContainText(/half of what 32 bits|No class has/);
  await page.locator('[data-testid=damage] button').first().click();
  await expect(page.getByTestId('damage-changed')).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath('agreement.png'), fullPage: true });

  expect(pagesOf(await page.pdf({ format: 'A4' }))).toBe(1);
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('body').innerText();
  expect(paper).toContain('What is measured is agreement');
  expect(paper.replace('no answer to them is right or wrong', '')).not.toMatch(ACCURACY);
});

test('training needs labels: the staircase says so, and once the classes are learned it trains', async ({
  page,
}, testInfo) => {
  await openData(page);
  await choose(page, partsOf(['mug', 'plant', 'hand'], 32));
  await expect(own(page)).toHaveAttribute('data-state', 'ready');
  await page.goto(`${ON_SAMPLE}&screen=staircase`);
  await page.reload();
  const cannot = page.getByTestId('cannot-train');
  await expect(cannot).toContainText('This network cannot be trained on these images');
  await expect(cannot).toContainText('mug, plant, hand');
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await expect(train).toHaveCount(0);
  await page.screenshot({ path: testInfo.outputPath('cannotTrain.png'), fullPage: true });
  await cannot.getByRole('button', { name: 'Let it learn the classes of CIFAR-10 sample' }).click();
  await expect(train).toBeEnabled({ timeout: 120_000 });
  await expect(page.getByTestId('unlabelled')).toHaveCount(0);
});

test('a zip is the same network, and a shard that is missing is asked for', async ({ page }) => {
  await openData(page);
  const parts = partsOf(['mug', 'plant', 'hand'], 32);
  await choose(page, parts.slice(0, 2));
  await expect(page.locator('main')).toContainText('weights.bin');
  await expect(own(page)).not.toHaveAttribute('data-state', 'ready');
  await openData(page);
  await choose(page, [{ name: 'tm-my-image-model.zip', content: zipOf(parts) }]);
  await expect(own(page)).toHaveAttribute('data-state', 'ready');
  await expect(own(page)).toContainText('tm-my-image-model.zip');
});

const REAL = ['coins', 'crops', 'recyclables'];

for (const name of REAL) {
  const folder = `${ASSETS}/teachable/${name}`;
  test(`a real model: ${name}`, async ({ page }) => {
    test.skip(!existsSync(folder), 'It is not in FEWBIT_ASSETS.');
    const parts = ['model.json', 'weights.bin', 'metadata.json'].map((part) => ({
      name: part,
      content: new Uint8Array(readFileSync(`${folder}/${part}`)),
    }));
    const { labels } = JSON.parse(readFileSync(`${folder}/metadata.json`, 'utf8')) as {
      readonly labels: readonly string[];
    };
    await openData(page);
    await choose(page, [{ name: `${name}.zip`, content: zipOf(parts) }]);
    await expect(own(page)).toHaveAttribute('data-state', 'ready');
    await page.goto(ON_SAMPLE);
    await page.reload();
    await expect(page.getByTestId('unlabelled')).toContainText(`it was trained on ${labels.length} others`);
    await expect(page.getByTestId('top1-float32')).toHaveAttribute('value', '1');
    await expect(page.getByTestId('headline')).toContainText('as it does in 32 bits');
  });
}
