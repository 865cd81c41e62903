/** ONNX Runtime's workers that hang or are gone, in the built page: said where the race shows it, and the race goes on. */
import { expect, test, type Page } from '@playwright/test';
import { serveBuild, type StaticServer } from './static.ts';

/** Starts and opens as a lane does, and never comes back from the first run. */
const HANGS = `const OPENED = { id: 1, loadMs: 1, firstRunMs: 1, heapBytes: 1e6, operators: [] };
onmessage = ({ data: { id, kind } }) => {
  if (kind === 'ping') postMessage({ id: 0 });
  else if (kind === 'run') for (;;);
  else postMessage({ id, result: kind === 'open' ? OPENED : undefined });
};
postMessage({ id: 0 });`;

/** The race's screen, with this worker in each lane's place; a lane is a worker of a worker, which only the server reaches. */
async function raceWith(page: Page, text: string): Promise<StaticServer> {
  const server = await serveBuild({ isolated: true });
  server.trouble((path) => (path.startsWith('assets/laneWorker-') ? { text } : null));
  await page.goto(`${server.address}#backend=wasm&images=50&calibration=32&hide=guess&screen=race`);
  return server;
}

for (const [kind, code] of [
  ['hangs', HANGS],
  ['is gone', HANGS.replace('for (;;);', 'close();')],
])
  test(`a lane that ${kind} is ended and said, our own engine races on, and the next race has the lane`, async ({
    page,
  }) => {
    const server = await raceWith(page, code);
    try {
      await page.getByTestId('race-start').click();
      await expect(page.getByTestId('absent-wasm-1')).toContainText(
        /ONNX Runtime on wasm did not answer for \d+ seconds and was ended/,
      );
      await expect(page.getByTestId('race-median-fewbit-1-1-8')).toBeVisible();
      server.trouble(() => null);
      await page.getByTestId('race-start').click();
      await expect(page.getByTestId('race-median-wasm-1-1-8')).toBeVisible();
      await expect(page.getByTestId('absent-wasm-1')).toHaveCount(0);
    } finally {
      server.close();
    }
  });

test('Cancel ends a race whose lane hangs', async ({ page }) => {
  const server = await raceWith(page, HANGS);
  try {
    await page.getByTestId('race-start').click();
    await expect(page.locator('main')).toContainText('Opening for WebAssembly');
    server.trouble(() => null);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByTestId('race-start')).toBeEnabled();
    await page.getByTestId('race-start').click();
    await expect(page.getByTestId('race-median-wasm-1-1-8')).toBeVisible();
  } finally {
    server.close();
  }
});
