/** The page on a host that can set no headers, and then on no network at all. */
import { expect, test } from '@playwright/test';
import { serveBuild } from './static.ts';

test.use({ serviceWorkers: 'allow' });

test('the service worker isolates the page, stores what it says, and opens it without a network', async ({ page }) => {
  const server = await serveBuild({ isolated: false });
  try {
    await page.goto(`${server.address}#backend=wasm&images=20&bits=4`);
    await page.waitForFunction(() => crossOriginIsolated);
    await expect(page.getByTestId('top1-modern-4')).toBeVisible();

    await page.getByRole('button', { name: 'Prepare for offline' }).click();
    await expect(page.getByTestId('offline')).toContainText(/This stores \d+ files, \d+\.\d MB, in this browser/);
    await page.getByRole('button', { name: 'Store them' }).click();
    await expect(page.getByTestId('offline')).toContainText('Ready: this page opens without a network.');
  } finally {
    server.close();
  }
  await page.reload();
  await expect(page.getByTestId('latency-modern-4')).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('the page can be installed: its manifest names an icon, a start and a scope that are there', async ({
  page,
  request,
  baseURL,
}) => {
  await page.goto('./');
  const href = await page.locator('link[rel="manifest"]').getAttribute('href');
  const address = new URL(href ?? '', baseURL).href;
  const manifest = (await (await request.get(address)).json()) as {
    readonly start_url: string;
    readonly icons: readonly { readonly src: string }[];
  };
  for (const path of [manifest.start_url, ...manifest.icons.map(({ src }) => src)]) {
    expect((await request.get(new URL(path, address).href)).ok(), path).toBe(true);
  }
});
