/** The Experiments screen of the built page: a grid that a reload cuts goes on where it was, with the twin's numbers. */
import { expect, test } from '@playwright/test';
import { runTwin } from './twin.ts';

const IMAGES = 100;
/** So many cells that a look every second finds some measured and some not, on a fast machine too. */
const BITS = [8, 7, 6, 5, 4, 3, 2];
const CELLS = 1 + BITS.length;

test('a grid cut by a reload keeps what it has, goes on, and measures what the headless twin measures', async ({
  page,
}) => {
  const [four] = await runTwin({ bits: '4', images: IMAGES });
  await page.addInitScript(
    (choice) => localStorage.setItem(`fewbit:${location.pathname}:grid`, JSON.stringify(choice)),
    {
      methods: ['float32', 'ptq'],
      bits: BITS,
      images: IMAGES,
      timed: false,
    },
  );
  await page.goto(`./#screen=experiments&backend=wasm&images=${IMAGES}&hide=guess`);
  const finding = page.getByTestId('grid-finding');
  const some = new RegExp(`[1-${CELLS - 1}] of ${CELLS} cells are measured`);
  await page.getByRole('button', { name: `Run ${CELLS} cells` }).click();
  await expect(finding).toContainText(some);
  await page.reload();
  await expect(finding).toContainText(some);
  await page.getByRole('button', { name: /^Run \d cells?$/ }).click();
  await expect(finding).toContainText(`${CELLS} of ${CELLS} cells are measured`);
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  await expect(page.getByRole('button', { name: /32-bit float/ }).first()).toHaveText(percent(four.float32Top1));
  const cell = page.getByRole('button', { name: /PTQ at 4 bits/ });
  await expect(cell).toHaveText(percent(four.top1));
  await cell.click();
  await expect(page.getByTestId('cell-detail')).toContainText('--method ptq --bits 4 --scheme modern');
});
