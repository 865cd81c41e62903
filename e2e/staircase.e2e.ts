/** Training in the built page: it learns, pauses, outlives a reload, and a resumed run is the uninterrupted one. */
import { expect, test, type Page } from '@playwright/test';
import { mainThreadTasks } from './trace.ts';

/** The 2021 scheme loses much at 4 bits, so that an epoch wins much back. */
const ADDRESS = './#screen=staircase&backend=wasm&images=100&calibration=32&bits=4&preset=2021';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function untilReady(page: Page): Promise<number> {
  const training = page.getByTestId('training');
  await expect(training).toHaveAttribute('data-status', 'ready');
  return Number(await training.getAttribute('data-step'));
}

/** A column of a chart's table, in full; cells that are empty are left out. */
async function column(page: Page, chart: string, place: number): Promise<number[]> {
  const cells = page.getByTestId(`chart-${chart}`).locator(`tbody td:nth-of-type(${place}) data`);
  const values = await cells.evaluateAll((all) => all.map((cell) => (cell as HTMLDataElement).value));
  return values.filter((value) => value !== '').map(Number);
}

const [OWN, KEPT] = [1, 3];

test('learns at 4 bits; paused and reloaded it goes on as if it had not been', async ({ page }) => {
  await page.goto(ADDRESS);
  expect(await untilReady(page)).toBe(0);
  await button(page, 'Train').click();
  await expect(page.getByTestId('announcement')).toContainText('Epoch 1 of 3 done');
  await button(page, 'Pause').click();
  const done = await untilReady(page);
  expect(done).toBeGreaterThanOrEqual(40);
  const whole = await column(page, 'loss', OWN);
  expect(whole).toHaveLength(done);
  const [lossBefore, lossAfter] = await column(page, 'loss', KEPT);
  expect(lossAfter).toBeLessThan(lossBefore);
  const [rightBefore, rightAfter] = await column(page, 'learning', KEPT);
  expect(rightAfter).toBeGreaterThan(rightBefore);
  await expect(page.getByTestId('finding-drift')).toContainText(/In \d+ steps? (no weight|\d+ of 24 weights)/);

  await button(page, 'Forget and start over').click();
  expect(await untilReady(page)).toBe(0);
  await button(page, 'Train').click();
  await expect(page.getByTestId('training')).not.toHaveAttribute('data-step', '0');
  await button(page, 'Pause').click();
  const cut = await untilReady(page);
  expect(cut).toBeLessThan(done);

  await page.reload();
  expect(await untilReady(page), 'the checkpoint of the pause').toBe(cut);
  await button(page, 'One step').click();
  await expect(page.getByTestId('training')).toHaveAttribute('data-step', String(cut + 1));
  await untilReady(page);
  expect(await column(page, 'loss', OWN)).toEqual(whole.slice(0, cut + 1));

  await button(page, 'Stop here and use it').click();
  // So few steps may win nothing: then the outcome says so, and keeps the rounded network.
  await expect(page.getByTestId('training-outcome')).toContainText(/At 4 bits (rounding alone leaves|it has) /);
});

test('the worked weight says what it becomes, and which slope it learns by', async ({ page }) => {
  await page.goto(ADDRESS);
  await expect(page.getByTestId('finding-stairs')).toContainText('w = 0.420 becomes 0.375');
  await page.getByTestId('weight').fill('0.1');
  await expect(page.getByTestId('finding-stairs')).toContainText('w = 0.100 becomes 0.125');
  await expect(page.getByTestId('finding-slopes')).toContainText('says 1 inside the range');
  await page.getByTestId('weight').fill('1.2');
  await expect(page.getByTestId('finding-slopes')).toContainText('a weight that is clipped learns nothing');
});

test('the main thread is free while the worker trains: no task of 50 ms', async ({ page }) => {
  await page.goto(ADDRESS);
  await untilReady(page);
  const training = page.getByTestId('training');
  const steps = 12;
  const tasks = await mainThreadTasks(page, async () => {
    await button(page, 'Train').click();
    await expect.poll(async () => Number(await training.getAttribute('data-step'))).toBeGreaterThanOrEqual(steps);
    await button(page, 'Pause').click();
    await untilReady(page);
  });
  console.log(`training: longest main-thread task ${tasks[0].toFixed(1)} ms of CPU in ${tasks.length}`);
  expect(tasks.length, 'the trace has the main thread').toBeGreaterThan(50);
  expect(tasks[0]).toBeLessThan(50);
});

test('what was started goes on while another screen is shown and the slider moves, and the dock says how far it is', async ({
  page,
}) => {
  await page.goto(ADDRESS);
  await untilReady(page);
  await button(page, 'Train').click();
  await expect(page.getByTestId('training')).not.toHaveAttribute('data-step', '0');
  await page.evaluate((hash) => void (location.hash = hash), `${ADDRESS.slice(2)}`.replace('staircase', 'snap'));
  const status = page.getByTestId('training-status');
  await expect(status).toContainText('Training at 4 bits, step');
  const seen = Number(await status.getAttribute('data-step'));
  await page.getByRole('button', { name: '5 bits', exact: true }).click();
  await expect(page.getByTestId('bits')).toHaveAttribute('aria-valuetext', '5 bits');
  await expect.poll(async () => Number(await status.getAttribute('data-step'))).toBeGreaterThan(seen + 1);
  await status.getByRole('link', { name: 'See the training' }).click();
  await expect(page.getByTestId('training-elsewhere')).toContainText('This training is of 4 bits (2021)');
  await button(page, 'Pause').click();
  expect(await untilReady(page)).toBeGreaterThan(seen + 1);
  await page.getByRole('button', { name: 'Show the training of 5 bits (2021)' }).click();
  await expect(page.getByTestId('training-elsewhere')).toHaveCount(0);
  expect(await untilReady(page)).toBe(0);
});
