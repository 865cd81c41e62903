/** The finger comes first: what a person asks for is answered before the baseline, which goes on and is kept. */
import { expect, test, type Page } from '@playwright/test';
import { PNG } from 'pngjs';

const DEADLINE = { timeout: 120_000 };

/** A PNG of blue sky. */
function sky(): Buffer {
  const picture = new PNG({ width: 64, height: 48 });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([90, 150, 230, 255], at);
  return PNG.sync.write(picture);
}

const done = (page: Page) => expect(page.getByTestId('idle')).toBeVisible(DEADLINE);

test('a dropped photo is seen and answered while the baseline is measured', async ({ page }, { annotations }) => {
  await page.goto('./#backend=wasm&hide=guess&screen=classify');
  await expect(page.getByTestId('device')).toHaveAttribute('data-backend', 'wasm', DEADLINE);
  const start = Date.now();
  await page.getByTestId('photo-files').setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer: sky() });
  await expect(page.getByRole('img', { name: 'sky.png' })).toBeVisible();
  await expect(page.getByTestId('answer-0-32')).toBeVisible(DEADLINE);
  annotations.push({ type: 'first answer', description: `${Date.now() - start} ms after the photo` });
  await expect(page.getByTestId('answer-0-2').locator('data')).toHaveCount(2, DEADLINE);
  annotations.push({ type: 'all answers, timed', description: `${Date.now() - start} ms after the photo` });
  await done(page);
});

test('the number of test images is chosen on the page; what was measured is there in another tab', async ({ page }) => {
  await page.goto('./#backend=wasm&hide=guess&bits=8');
  await page.getByTestId('test-images').selectOption('100');
  await expect(page.getByTestId('dataset')).toContainText(', 100 test images');
  await expect(page.getByTestId('headline')).toContainText('of 100 test images');
  await done(page);
  await expect(page).toHaveURL(/images=100/);
  const top1 = await page.getByTestId('top1-modern-8').textContent();

  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await done(tab);
  await expect(tab.getByTestId('top1-modern-8')).toHaveText(top1 ?? '');
  await expect(tab.getByTestId('chart-accuracy').locator('.provenance')).toContainText('kept by this browser');
});

test('the dock and the screen keep their places while everything arrives', async ({ page }) => {
  const heights = new Set<number>();
  await page.goto('./#backend=wasm&hide=guess&images=100&calibration=32&bits=6');
  const dock = page.locator('.dock');
  await expect(dock).toBeVisible();
  const idle = page.getByTestId('idle');
  while (!(await idle.isVisible())) heights.add(Math.round((await dock.boundingBox())?.height ?? 0));
  heights.add(Math.round((await dock.boundingBox())?.height ?? 0));
  expect([...heights], 'from the first picture to the last number').toHaveLength(1);
  await page.getByTestId('bits-3').click();
  while (!(await idle.isVisible())) heights.add(Math.round((await dock.boundingBox())?.height ?? 0));
  expect([...heights], 'and when the control moves').toHaveLength(1);
});

test('Clip shows its slider and its chart together', async ({ page }) => {
  await page.goto('./#backend=wasm&hide=guess&images=20&calibration=32&bits=4&screen=clip');
  await expect(page.getByTestId('threshold')).toBeInViewport({ ratio: 1, ...DEADLINE });
  await expect(page.locator('[data-testid="chart-clip"] .drawing')).toBeInViewport({ ratio: 1 });
});
