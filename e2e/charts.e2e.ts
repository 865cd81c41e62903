/** Every chart of every screen goes home with a student: its numbers as CSV, its drawing as PNG. */
import { expect, test, type Locator } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';

/** The screens and the charts that each shows. */
const CHARTS = {
  bill: ['accuracy', 'bill', 'size', 'time'],
  snap: ['snap'],
  clip: ['clip'],
  layers: ['sensitivity', 'channels'],
  staircase: ['stairs', 'slopes', 'loss', 'learning'],
} as const;

/** The bytes that a press of this button saves. */
async function saved(chart: Locator, button: RegExp): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const download = chart.page().waitForEvent('download');
  await chart.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

for (const [screen, charts] of Object.entries(CHARTS)) {
  test(`${screen}: each chart gives the CSV of its table and a picture of its drawing`, async ({ page }) => {
    await page.goto(`./#backend=wasm&images=20&calibration=32&bits=4&hide=guess&screen=${screen}`);
    await expect(page.getByTestId('idle')).toBeVisible();
    if (screen === 'layers') await page.getByTestId('measure-layers').click();
    if (screen === 'staircase') {
      await page.getByRole('button', { name: 'One step', exact: true }).click();
      await expect(page.getByTestId('training')).toHaveAttribute('data-step', '1');
      await expect(page.getByTestId('training')).toHaveAttribute('data-status', 'ready');
    }
    for (const id of charts) {
      const chart = page.getByTestId(`chart-${id}`);
      await chart.getByText(/as a table$/).click();
      await expect(chart.getByRole('row').nth(1), `${id} has numbers`).toBeVisible();
      const rows = await chart.getByRole('row').count();
      const csv = await saved(chart, /as CSV$/);
      expect(csv.name).toBe(`fewbit-${id}.csv`);
      expect(csv.bytes.toString('utf8').trim().split('\r\n'), `${id}: a line for each row`).toHaveLength(rows);

      const png = await saved(chart, /as a PNG picture$/);
      expect(png.name).toBe(`fewbit-${id}.png`);
      const { width, height, data } = PNG.sync.read(png.bytes);
      expect(Math.min(width, height), `${id} fills a slide`).toBeGreaterThan(600);
      const colours = new Set(new Uint32Array(data.buffer, data.byteOffset, data.length / 4));
      expect(colours.size, `${id} is drawn`).toBeGreaterThan(8);
    }
  });
}
