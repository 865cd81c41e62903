/** What a person takes home: one printed page, the network as .onnx, and the story of 2021 walked step by step. */
import { expect, test, type Page } from '@playwright/test';
import { InferenceSession } from 'onnxruntime-node';
import { readFile } from 'node:fs/promises';
import { STORY_STEPS } from '../src/app/names/storySteps.ts';
import { pagesOf } from './paper.ts';

async function open(page: Page, more: string): Promise<void> {
  await page.goto(`./#backend=wasm&images=50&${more}`);
  await expect(page.getByTestId('idle')).toBeVisible();
}

for (const screen of ['bill', 'snap']) {
  test(`${screen} prints as one page: numbers, settings, where they are from, and its chart, dark page or not`, async ({
    page,
  }) => {
    await open(page, `bits=4&theme=dark&screen=${screen}`);
    const chart = page.getByTestId(screen === 'bill' ? 'chart-accuracy' : 'chart-snap');
    await expect(chart).toBeVisible();
    for (const format of ['A4', 'Letter']) expect(pagesOf(await page.pdf({ format })), format).toBe(1);
    await page.emulateMedia({ media: 'print' });
    for (const id of ['readout-top1', 'readout-size', 'model', 'dataset', 'device'])
      await expect(page.getByTestId(id)).toBeVisible();
    await expect(chart.locator('svg')).toBeVisible();
    await expect(chart.locator('.provenance')).toBeVisible();
    await expect(page.getByText('localhost')).toBeVisible();
    // A word with a meaning is a word on paper.
    await expect(page.locator('button:visible, a.button:visible')).toHaveCount(0);
    await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  });
}

test('the network at the control’s bits is downloaded as .onnx, and ONNX Runtime opens it', async ({ page }) => {
  await open(page, 'bits=4&screen=bill');
  const bytes = Number(await page.getByTestId('onnx-modern-4').getAttribute('value'));
  const download = page.waitForEvent('download');
  await page.getByTestId('export-onnx').click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^resnet20.*w4a4.*\.onnx$/);
  const file = await readFile(await saved.path());
  expect(file.length).toBe(bytes);
  const session = await InferenceSession.create(file);
  expect(session.inputNames).toHaveLength(1);
  await session.release();
  await expect(page.getByTestId('files-said')).toContainText(saved.suggestedFilename());
});

test('the story of 2021: the published squares beside the chart, and every step measured here', async ({ page }) => {
  await open(page, 'bits=3&preset=2021&screen=bill');
  const chart = page.getByTestId('chart-bill');
  await expect(chart.getByText('published, V100, 2021')).toHaveCount(0);
  await page.getByTestId('published').check();
  await expect(chart.locator('.legend')).toContainText('published, V100, 2021');
  await chart.getByText(/as a table$/).click();
  await expect(chart.getByRole('row').filter({ hasText: 'published, V100, 2021' })).not.toHaveCount(0);

  const top1: number[] = [];
  for (const step of STORY_STEPS) {
    const item = page.getByTestId(`story-${step}`);
    await item.getByRole('button').click();
    await expect(item).toHaveAttribute('aria-current', 'step');
    await expect(item).not.toContainText('recorded');
    await expect(item.locator('strong')).toHaveAttribute('data-value', /^[01]/);
    top1.push(Number(await item.locator('strong').getAttribute('data-value')));
  }
  expect(top1.at(-1), `from the cliff: ${top1.join(', ')}`).toBeGreaterThan(top1[0]);
  await page.getByTestId('story-training').getByRole('link').click();
  await expect(page.locator('main[data-screen="staircase"]')).toBeVisible();
  await expect(page.getByTestId('bits')).toHaveAttribute('aria-valuetext', '3 bits');
});
