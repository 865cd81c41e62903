/** The page on hosts of several kinds, and then on no network at all. */
import { expect, test, type Page } from '@playwright/test';
import { preview } from 'vite';
import { nextBuild, serveBuild, thisBuild } from './static.ts';

test.use({ serviceWorkers: 'allow' });

/** A small measurement, so that opening is what takes the time. */
const LINK = '#backend=wasm&images=20&calibration=32&bits=4';

async function prepare(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Prepare for offline' }).click();
  await page.getByRole('button', { name: 'Store them' }).click();
}

const caches = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const complete: string[] = [];
    for (const name of await globalThis.caches.keys()) {
      const urls = (await (await globalThis.caches.open(name)).keys()).map(({ url }) => url);
      if (urls.some((url) => url.endsWith('/offline.json'))) complete.push(name);
    }
    return complete;
  });

test('the service worker isolates the page, stores what it says, and opens it without a network', async ({ page }) => {
  const server = await serveBuild({ isolated: false });
  try {
    await page.goto(`${server.address}${LINK}`);
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

test('under the server that npm start starts: prepared, the server gone, and three screens still open', async ({
  page,
}) => {
  const port = Number(process.env.FEWBIT_PORT ?? 4174) + 500;
  const server = await preview({ logLevel: 'error', preview: { port, strictPort: true } });
  try {
    await page.goto(`http://localhost:${port}/${LINK}`);
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText('Ready: this page opens without a network.');
  } finally {
    if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
    await server.close();
  }
  await page.reload();
  await expect(page.getByTestId('top1-modern-4')).toBeVisible();
  for (const name of ['Snap', 'Clip', 'Data']) {
    await page.goto(`http://localhost:${port}/#screen=${name.toLowerCase()}`);
    await expect(page.locator(`main[data-screen="${name.toLowerCase()}"] h2`).first()).toBeVisible();
  }
});

test('a login page in the way is not stored, the copy of before stays, and an asset that is damaged heals', async ({
  page,
}) => {
  const server = await serveBuild({ isolated: true });
  try {
    await page.goto(`${server.address}${LINK}`);
    server.trouble((path) => (path.startsWith('models/') ? 'login' : null));
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText(/resnet20-cifar10.safetensors is another file.*login/);
    expect(await caches(page)).toEqual([]);

    server.trouble(() => null);
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText('Ready');
    const [first] = await caches(page);

    // The network breaks off in the middle of storing the next version.
    server.deploy(nextBuild(thisBuild()));
    server.trouble((path) => (path.includes('v2.') ? 'cut' : null));
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText('Not everything could be stored');
    expect(await caches(page)).toEqual([first]);

    // Of the copy, one asset is damaged; it is fetched again, and the page opens with it.
    server.deploy(thisBuild());
    server.trouble(() => null);
    const damaged = await page.evaluate(async (name) => {
      const cache = await globalThis.caches.open(name);
      const url = (await cache.keys()).map((request) => request.url).find((one) => /assets\/index-.*\.js$/.test(one));
      if (url) await cache.put(url, new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
      return url ?? '';
    }, first);
    await page.reload();
    await expect(page.getByTestId('top1-modern-4')).toBeVisible();
    const length = (url: string): Promise<number> =>
      page.evaluate(
        async ([name, asset]) =>
          (await (await (await globalThis.caches.open(name)).match(asset))?.arrayBuffer())?.byteLength ?? 0,
        [first, url] as const,
      );
    await expect.poll(() => length(damaged)).toBeGreaterThan(1000);

    // Everything is answered with a login page: the copy opens.
    server.trouble(() => 'login');
    await page.reload();
    await expect(page.getByTestId('top1-modern-4')).toBeVisible();

    server.trouble(() => null);
    await page.goto(`${server.address}?reset`);
    await expect(page.locator('main .task')).toBeVisible();
    expect(await caches(page)).toEqual([]);
  } finally {
    server.close();
  }
});

test('two copies on one origin, one folder inside the other, do not touch each other', async ({ page }) => {
  const server = await serveBuild({ isolated: true, folder: '/a/', also: ['/a/b/'] });
  const inner = server.address.replace('/a/', '/a/b/');
  try {
    await page.goto(`${server.address}${LINK}`);
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText('Ready');
    await page.goto(`${inner}${LINK}`);
    await prepare(page);
    await expect(page.getByTestId('offline')).toContainText('Ready');
    expect((await caches(page)).map((name) => name.split(' ')[1])).toEqual(['/a/', '/a/b/']);
    await page.goto(`${server.address}?reset`);
    await expect(page.locator('main .task')).toBeVisible();
    expect((await caches(page)).map((name) => name.split(' ')[1])).toEqual(['/a/b/']);
  } finally {
    server.close();
  }
  await page.goto(`${inner}${LINK}`);
  await expect(page.getByTestId('top1-modern-4')).toBeVisible();
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
