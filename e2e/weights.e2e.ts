/** Pretrained weights in a real Chromium: from a server that breaks, from the pinned address, and then measured. */
import { expect, test, type Page } from '@playwright/test';
import { CIFAR10_CLASSES } from '../src/data/formats/cifarBinary.ts';
import { WEIGHT_FILES } from '../src/data/sources.ts';
import { initialWeights } from '../src/graph/init.ts';
import { resnet18 } from '../src/graph/networks/resnet.ts';
import { writeModel } from '../src/weights/model.ts';
import { startFaultServer, type FaultServer } from './server.ts';

const FILE = 'school-resnet18.safetensors';

let server: FaultServer;

/** A ResNet-18 that has learned nothing, of CIFAR-10's classes: 22 MB. */
test.beforeAll(async () => {
  const graph = resnet18({ classes: CIFAR10_CLASSES.length });
  const model = {
    graph,
    weights: initialWeights(graph, 1),
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    classes: CIFAR10_CLASSES,
  };
  server = await startFaultServer({ [FILE]: writeModel(model, 'F16', { source: 'a test', licence: 'none' }) });
});
test.afterAll(() => server.close());
test.afterEach(() => server.mend());

const row = (page: Page) => page.getByTestId('weights:resnet18');

test('weights from a link survive a cut connection and a reload, and choose images that they know', async ({
  page,
}) => {
  await page.goto('/#screen=data&backend=wasm&images=20');
  await expect(
    page
      .getByRole('combobox', { name: 'Network', exact: true })
      .getByRole('option', { name: 'ResNet-18 (not here yet)' }),
  ).toBeDisabled();
  server.breakNext({ kind: 'cut', at: 9_000_000 }, 1);
  await page.getByLabel('Link').fill(server.url + FILE);
  await page.getByRole('button', { name: 'Import the link' }).click();
  await expect(row(page)).toHaveAttribute('data-state', 'ready');
  await expect(row(page)).toContainText(`Ready: ${FILE}`);
  const [first, second] = server.takeLog();
  expect([first, second]).toEqual([`GET /${FILE}`, expect.stringMatching(/bytes=\d+-/)]);

  await page.reload();
  await expect(row(page)).toHaveAttribute('data-state', 'ready');
  await page.getByRole('combobox', { name: 'Network', exact: true }).selectOption('resnet18');
  // Images that it knows are chosen with it, and said to be missing where they are.
  await expect(page).toHaveURL(/model=resnet18/);
  await expect(page.getByRole('combobox', { name: 'Images', exact: true })).toHaveValue('imagenette');
  await expect(page.getByTestId('model')).toContainText('ResNet-18');
  await expect(page.getByTestId('absent')).toContainText('Imagenette');
  expect(server.takeLog()).toEqual([]);
});

test('what comes from the pinned address and is not the published file is refused', async ({ page }) => {
  const { url, bytes } = WEIGHT_FILES.resnet18;
  await page.route(url, (route) =>
    route.fulfill({
      body: Buffer.alloc(bytes ?? 0),
      contentType: 'application/octet-stream',
      headers: { 'access-control-allow-origin': '*' },
    }),
  );
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('/#screen=data');
  await page.getByRole('button', { name: 'Download ResNet-18' }).click();
  await expect(page.locator('.datasets').getByRole('alert')).toContainText(
    'resnet18.tv_in1k.safetensors is damaged or not the file expected: its SHA-256 is',
  );
  await expect(row(page)).toHaveAttribute('data-state', 'absent');
});
