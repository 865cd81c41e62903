/** Two tabs of the page, and data that another tab or another build has changed. */
import { expect, test, type Page } from '@playwright/test';

const ADDRESS = './#screen=staircase&backend=wasm&images=20&calibration=32&bits=4&preset=2021';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const training = (page: Page) => page.getByTestId('training');

/** The page's own databases. */
const databases = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () =>
    (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith('fewbit') ? [name] : [])),
  );

const deleteAll = (page: Page, names: readonly string[]): Promise<void> =>
  page.evaluate(async (all) => {
    for (const name of all)
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(new Error(`${name} stays`));
      });
  }, names);

test('a second tab is told that the first trains with these settings, and can train with others', async ({
  page,
  context,
}) => {
  // Two labs compute at the same time.
  test.slow();
  await page.goto(ADDRESS);
  await expect(training(page)).toHaveAttribute('data-status', 'ready');
  await button(page, 'Train').click();
  await expect(training(page)).not.toHaveAttribute('data-step', '0');

  const second = await context.newPage();
  await second.goto(ADDRESS);
  await expect(training(second)).toHaveAttribute('data-status', 'ready');
  await button(second, 'Train').click();
  await expect(second.getByTestId('training-failure')).toContainText(
    'Another tab of this page trains with these settings',
  );

  await second.goto(ADDRESS.replace('bits=4', 'bits=3'));
  await second.reload();
  await expect(training(second)).toHaveAttribute('data-status', 'ready');
  await button(second, 'One step').click();
  await expect(training(second)).toHaveAttribute('data-step', '1');
  await expect(training(second)).toHaveAttribute('data-status', 'ready');

  await button(page, 'Pause').click();
  await expect(training(page)).toHaveAttribute('data-status', 'ready');
  await second.goto(ADDRESS);
  await second.reload();
  await expect(training(second)).toHaveAttribute('data-status', 'ready');
  const step = Number(await training(second).getAttribute('data-step'));
  expect(step, 'what the first tab kept').toBeGreaterThan(0);
  await button(second, 'One step').click();
  await expect(training(second)).toHaveAttribute('data-step', String(step + 1));
});

test('a database that is deleted in training is opened again: the training is kept from then on', async ({ page }) => {
  await page.goto(ADDRESS);
  await expect(training(page)).toHaveAttribute('data-status', 'ready');
  await button(page, 'Train').click();
  await expect(training(page)).not.toHaveAttribute('data-step', '0');
  const names = await databases(page);
  expect(names.length).toBeGreaterThan(0);
  await deleteAll(page, names);
  await button(page, 'Pause').click();
  await expect(training(page)).toHaveAttribute('data-status', 'ready');
  await expect(page.getByTestId('training-failure')).toHaveCount(0);
  const step = await training(page).getAttribute('data-step');
  await page.reload();
  await expect(training(page)).toHaveAttribute('data-step', step ?? '');
});

test('data of a newer build are left alone: the page says so and works in memory', async ({ page }) => {
  await page.goto('./#backend=wasm&images=20&calibration=32&bits=4');
  await expect(page.getByTestId('top1-modern-4')).toBeVisible();
  const [name] = await databases(page);
  await page.goto('about:blank');
  await page.goto('./icon.svg');
  await page.evaluate(
    (database) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(database, 1000);
        request.onupgradeneeded = () => void request.result.createObjectStore('from the future');
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = () => reject(new Error('no newer database'));
      }),
    name,
  );
  await page.goto(ADDRESS);
  await expect(page.getByTestId('said')).toContainText('written by a newer Fewbit than this page');
  await expect(training(page)).toHaveAttribute('data-status', 'ready');
  await button(page, 'One step').click();
  await expect(training(page)).toHaveAttribute('data-step', '1');
  const version = await page.evaluate(
    async (database) => (await indexedDB.databases()).find((each) => each.name === database)?.version,
    name,
  );
  expect(version).toBe(1000);
});
