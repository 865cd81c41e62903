/** ONNX Runtime's workers that hang or are gone, in the built page: said where the race shows it, and the race goes on. */
import { expect, test, type Page } from '@playwright/test';

/** Starts and opens as a lane does, and never comes back from the first run. */
const HANGS = `const OPENED = { id: 1, loadMs: 1, firstRunMs: 1, heapBytes: 1e6, operators: [] };
onmessage = ({ data: { id, kind } }) => {
  if (kind === 'ping') postMessage({ id: 0 });
  else if (kind === 'run') for (;;);
  else postMessage({ id, result: kind === 'open' ? OPENED : undefined });
};
postMessage({ id: 0 });`;

/** The first lane's worker is this one; the others are the page's own. */
async function firstLane(page: Page, body: string): Promise<void> {
  let workers = 0;
  const headers = { 'Cross-Origin-Embedder-Policy': 'require-corp' };
  await page.route(/\/assets\/laneWorker-/, (route) =>
    workers++ === 0 ? route.fulfill({ contentType: 'text/javascript', headers, body }) : route.continue(),
  );
  await page.goto('./#backend=wasm&images=50&hide=guess&screen=race');
}

for (const [kind, code] of [
  ['hangs', HANGS],
  ['is gone', HANGS.replace('for (;;);', 'close();')],
])
  test(`a lane that ${kind} is ended and said, our own engine races on, and the next race has the lane`, async ({
    page,
  }) => {
    await firstLane(page, code);
    await page.getByTestId('race-start').click();
    await expect(page.getByTestId('absent-wasm-1')).toContainText(
      /ONNX Runtime on wasm did not answer for \d+ seconds and was ended/,
    );
    await expect(page.getByTestId('race-median-fewbit-1-1-8')).toBeVisible();
    await page.getByTestId('race-start').click();
    await expect(page.getByTestId('race-median-wasm-1-1-8')).toBeVisible();
    await expect(page.getByTestId('absent-wasm-1')).toHaveCount(0);
  });

test('Cancel ends a race whose lane hangs', async ({ page }) => {
  await firstLane(page, HANGS);
  await page.getByTestId('race-start').click();
  await expect(page.locator('main')).toContainText('Racing on');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('race-start')).toBeEnabled();
  await page.getByTestId('race-start').click();
  await expect(page.getByTestId('race-median-wasm-1-1-8')).toBeVisible();
});
