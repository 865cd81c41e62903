/** The Experiments screen of the built page: a grid that a reload cuts goes on where it was, with the twin's numbers. */
import { expect, test } from '@playwright/test';
import { runTwin } from './twin.ts';

const IMAGES = 60;

test('a grid cut by a reload keeps what it has, goes on, and measures what the headless twin measures', async ({
  page,
}) => {
  const [four] = await runTwin({ bits: '4', images: IMAGES });
  await page.addInitScript((images) => {
    localStorage.setItem(
      'fewbit.grid',
      JSON.stringify({ methods: ['float32', 'ptq'], bits: [8, 4], images, timed: false }),
    );
  }, IMAGES);
  await page.goto('./#screen=experiments&backend=wasm&images=60&hide=guess');
  await page.getByRole('button', { name: 'Run 3 cells' }).click();
  await expect(page.getByTestId('grid-finding')).toContainText('1 of 3 cells');
  await page.reload();
  await expect(page.getByTestId('grid-finding')).toContainText(/[12] of 3 cells are measured/);
  await page.getByRole('button', { name: /^Run [12] cells?$/ }).click();
  await expect(page.getByTestId('grid-finding')).toContainText('3 of 3 cells are measured');
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  await expect(page.getByRole('button', { name: /32-bit float/ }).first()).toHaveText(percent(four.float32Top1));
  const cell = page.getByRole('button', { name: /PTQ at 4 bits/ });
  await expect(cell).toHaveText(percent(four.top1));
  await cell.click();
  await expect(page.getByTestId('cell-detail')).toContainText('--method ptq --bits 4 --scheme modern');
});
