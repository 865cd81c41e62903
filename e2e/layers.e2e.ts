/** Snap, Clip or round? and Which layer hurts? in the built page: every number they show is src/lab's own. */
import { expect, test, type Page } from '@playwright/test';
import { runLayerTwin } from './layerTwin.ts';
import type { LayerAnswer } from './layerTwinProcess.ts';

const LAYER = 'layer2.0.conv2';
const IMAGES = 8;
const PLACE = { y: 8, x: 8, channel: 5 };

let twin: LayerAnswer;
test.beforeAll(async () => {
  twin = await runLayerTwin({ layer: LAYER, bits: 4, images: IMAGES, place: PLACE });
});

const open = (page: Page, screen: string) =>
  page.goto(`./#screen=${screen}&layer=${LAYER}&bits=4&images=${IMAGES}&backend=wasm`);
const valueOf = async (page: Page, id: string): Promise<number> =>
  Number(await page.getByTestId(id).getAttribute('value'));

/** The cells of a chart's table, row by row, in full. */
async function tableOf(page: Page, chart: string): Promise<readonly (readonly number[])[]> {
  const frame = page.getByTestId(`chart-${chart}`);
  await frame.locator('summary').click();
  return frame
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('data')].map(({ value }) => Number(value))));
}

test('Snap: the spikes and a weight’s way', async ({ page }) => {
  await open(page, 'snap');
  const rows = await tableOf(page, 'snap');
  expect(rows.map(([, weights]) => weights)).toEqual(twin.spikes);
  await page.getByTestId('weight').focus();
  await page.keyboard.press('Home');
  expect(await valueOf(page, 'way-w')).toBe(twin.leastWeight);
  expect(await valueOf(page, 'way-code')).toBe(twin.leastCode);
});

test('Clip or round?: both errors at every threshold, and each method’s', async ({ page }) => {
  await open(page, 'clip');
  const yours = page.getByTestId('yours');
  const last = twin.clipping.length - 1;
  await page.getByTestId('threshold').fill('70');
  await expect(yours).toHaveAttribute('data-clipping', String(twin.clipping[70]));
  await expect(yours).toHaveAttribute('data-rounding', String(twin.rounding[70]));
  await page.getByTestId('method-minmax').click();
  await expect(yours).toHaveAttribute('data-rounding', String(twin.rounding[last]));
  const rows = await tableOf(page, 'clip');
  expect(rows.slice(0, twin.choices.length).map((cells) => cells[4])).toEqual(twin.choices.map(({ sum }) => sum));
});

test('Which layer hurts?: the strip, the channels, a number’s path, and the ranking', async ({ page }) => {
  await open(page, 'layers');
  await expect(page.getByTestId('map-float')).toBeVisible();
  const cells = await page
    .locator('[data-layer]')
    .evaluateAll((all) =>
      all.map((cell) => ({ name: cell.getAttribute('data-layer'), sqnr: Number(cell.getAttribute('data-sqnr')) })),
    );
  expect(cells).toEqual(twin.cells);
  expect((await tableOf(page, 'channels')).map(([, , scale]) => scale)).toEqual(twin.scales);

  await page.getByTestId('map-channel').fill(String(PLACE.channel));
  expect(Number(await page.getByTestId('finding-maps').getAttribute('data-sqnr'))).toBeCloseTo(twin.mapSqnr, 3);
  await expect(page.getByTestId('path-where')).toContainText(
    `channel ${PLACE.channel}, row ${PLACE.y}, column ${PLACE.x}`,
  );
  for (const [step, value] of Object.entries(twin.path ?? {}))
    expect(await valueOf(page, `path-${step}`), step).toBe(value);

  await page.getByRole('button', { name: 'That is my guess' }).click();
  await expect(page.getByTestId('guess')).toContainText(`You guessed ${LAYER}`);
  await expect(page.getByTestId('finding-sensitivity')).toHaveText(twin.finding);
  const ranked = await tableOf(page, 'sensitivity');
  expect(ranked.map((row) => row[3])).toEqual(twin.ranked.map(({ top1 }) => top1));
  ranked.forEach((row, i) => expect(row[5]).toBeCloseTo(twin.ranked[i].divergence, 6));
});
