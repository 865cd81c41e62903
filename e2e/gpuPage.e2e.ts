/** The page that measures a visitor's GPU, on a software adapter at tiny sizes: every part runs, and its JSON parses. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';

test('bench/gpu.html runs parts (a) to (d) and gives a JSON to attach', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto('bench/gpu.html?tiny');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('status')).toHaveText(/^Done\./, { timeout: 280_000 });
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save the rows as JSON' }).click();
  const rows = JSON.parse(readFileSync(await (await saving).path(), 'utf8')) as Readonly<Record<string, unknown>>[];
  expect(rows.filter((row) => 'failed' in row)).toEqual([]);
  expect(rows.filter((row) => row.done).map(({ part }) => part)).toEqual([
    'adapter',
    'checks',
    'kernels',
    'networks',
    'steps',
  ]);
  expect(rows.filter((row) => 'check' in row).every((row) => row.holds === true)).toBe(true);
  expect(rows.some((row) => row.contender === 'fewbit 4 bits')).toBe(true);
});
