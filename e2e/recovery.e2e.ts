/** A new version is put up while the page is open: nothing breaks, nothing is forced, and nothing measured is lost. */
import { expect, test } from '@playwright/test';
import { nextBuild, serveBuild, thisBuild } from './static.ts';

test('a screen that is gone says so; the new version is offered, and the results are there after the reload', async ({
  page,
}) => {
  const server = await serveBuild({ isolated: true });
  try {
    await page.goto(`${server.address}#backend=wasm&images=20&calibration=32&bits=8`);
    const top1 = page.getByTestId('top1-modern-8');
    await expect(top1).toBeVisible();
    await expect(page.getByTestId('latency-modern-8')).toBeVisible();

    server.deploy(nextBuild(thisBuild()));
    await page.evaluate(() => void (location.hash = location.hash.replace(/$/, '&screen=clip')));
    await expect(page.getByTestId('recovery')).toContainText('a part of the page did not arrive');
    await expect(page.getByTestId('new-version')).toContainText('A new version of this page is there.');

    // The rest of the page works on.
    await page.evaluate(() => void (location.hash = location.hash.replace('screen=clip', 'screen=bill')));
    await expect(page.getByTestId('recovery')).toHaveCount(0);
    await expect(top1).toBeVisible();
    const before = await top1.textContent();

    // The worker's answers come no more, so that what is shown is what was kept.
    await page.route('**/*orker*.js', (route) => route.abort());
    await page.getByRole('button', { name: 'Load it now' }).click();
    await expect(page.locator('script[src*="v2.js"]')).toHaveCount(1);
    await expect(top1).toHaveText(before ?? '');
  } finally {
    server.close();
  }
});

test('a page whose script does not come offers a way out without any script of its own', async ({ page }) => {
  const server = await serveBuild({ isolated: true });
  try {
    server.trouble((path) => (path.startsWith('assets/') ? 'gone' : null));
    await page.goto(server.address);
    await expect(page.getByRole('heading', { name: 'Fewbit does not start' })).toBeVisible();
    server.trouble(() => null);
    await page.getByRole('button', { name: 'Clear the stored copy' }).click();
    await expect(page.locator('main .task')).toBeVisible();
  } finally {
    server.close();
  }
});
