/** The built page in a real Chromium: what it measures, how it answers, and whom it talks to. */
import { expect, test, type Page } from '@playwright/test';
import { runTwin } from './twin.ts';

const IMAGES = 200;
const BITS = [8, 6, 4, 2] as const;
const ADDRESS = `./?backend=wasm&images=${IMAGES}&hide=guess`;

/** The number in a table cell, in full. */
async function measured(page: Page, id: string): Promise<number> {
  const cell = page.getByTestId(id);
  await expect(cell).toBeVisible();
  return Number(await cell.getAttribute('value'));
}

test('the page measures what its headless twin measures', async ({ page }) => {
  const twin = await runTwin({ bits: BITS.join(','), images: IMAGES });
  await page.goto(ADDRESS);
  expect(await measured(page, 'top1-float32')).toBe(twin[0].float32Top1);
  for (const [index, bits] of BITS.entries()) {
    await page.getByTestId('bits').fill(String(bits));
    expect(await measured(page, `top1-modern-${bits}`), `top-1 at ${bits} bits`).toBe(twin[index].top1);
    expect(await measured(page, `size-modern-${bits}`), `size at ${bits} bits`).toBe(twin[index].sizeBytes);
    expect(await measured(page, `onnx-modern-${bits}`), `file at ${bits} bits`).toBe(twin[index].onnxBytes);
  }
  await expect(page.getByTestId('headline')).toContainText(
    `At 2 bits the network recognises ${(twin[3].top1 * 100).toFixed(1)}% of ${IMAGES} test images`,
  );
});

test('the form changes the preset as the twin’s arguments do, and the link keeps it', async ({ page }) => {
  const more = { calibration: '32', granularity: 'tensor', sums: '8', repair: 'gain' };
  const [line] = await runTwin({ bits: '3', images: 50, more });
  await page.goto('./#backend=wasm&images=50&calibration=32&bits=3&hide=guess');
  await page.getByText('Change the preset').click();
  await page.getByLabel('Scales of the weights').selectOption('tensor');
  await page.getByLabel('What is only added up').selectOption('8');
  await page.getByLabel('Repair after rounding').selectOption('gain');
  await expect(page.getByTestId('changes')).toContainText(
    'one scale for each tensor, sums of 8 bits, gain and bias correction',
  );
  await expect(page.getByTestId('idle')).toBeVisible();
  await expect(page.getByTestId('readout-top1')).toHaveText(`${(line.top1 * 100).toFixed(1)}%`);
  await expect(page).toHaveURL(/granularity=tensor&sums=8&repair=gain/);
});

test('ONNX Runtime agrees with tfjs to within two images in a hundred, and its time is shown', async ({ page }) => {
  await page.goto(ADDRESS);
  for (const row of ['float32', 'modern-8']) {
    const tfjs = await measured(page, `top1-${row}`);
    expect(Math.abs((await measured(page, `ort-${row}`)) - tfjs)).toBeLessThanOrEqual(0.02);
    expect(await measured(page, `latency-${row}`)).toBeGreaterThan(0);
  }
});

test('bits buy time on this machine: 4 bits take less than 32, one race, the same numbers in card, chart and table', async ({
  page,
}) => {
  await page.goto('./?backend=wasm&images=50&hide=guess&bits=4');
  const text = (id: string): Promise<string> => page.getByTestId(id).innerText();
  const [four, float32] = [await measured(page, 'latency-modern-4'), await measured(page, 'latency-float32')];
  expect(four).toBeLessThan(float32);
  const card = page.getByTestId('pair-time');
  await expect(card).toContainText(`${await text('latency-float32')} → ${await text('latency-modern-4')}`);
  await expect(card).toContainText(`${(float32 / four).toFixed(1)}×`);
  await expect(card).toContainText('Another measurement: ONNX Runtime Web');
  await expect(page.getByTestId('finding-time')).toContainText(
    `an image takes ${await text('latency-modern-4')}, at 32 bits ${await text('latency-float32')}`,
  );
  await page.getByTestId('bits').fill('8');
  await measured(page, 'latency-modern-8');
  await expect(card, 'a new race, everywhere').toContainText(await text('latency-float32'));
});

test('images stand beside both answers', async ({ page }) => {
  await page.goto(`${ADDRESS}&bits=2&preset=2021`);
  await measured(page, 'top1-2021-2');
  await page.getByTestId('only-flipped').check();
  const tiles = page.getByTestId('image-grid').getByRole('listitem');
  await expect(tiles).not.toHaveCount(0);
  expect(await tiles.getByText('≠ differ').count()).toBe(await tiles.count());
  const colours = await tiles
    .first()
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return new Set(pixels).size;
    });
  expect(colours).toBeGreaterThan(10);
});

test('the keyboard works the slider, and the page answers while the lab computes', async ({ page }) => {
  await page.goto('./?backend=wasm&images=400');
  await measured(page, 'top1-float32');
  const slider = page.getByTestId('bits');
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', '6 bits');
  await expect(page.getByTestId('working')).toContainText('6 bits (modern)');
  const longestPause = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        let last = start;
        let longest = 0;
        const frame = (now: number): void => {
          longest = Math.max(longest, now - last);
          last = now;
          if (now - start < 2000) requestAnimationFrame(frame);
          else resolve(longest);
        };
        requestAnimationFrame(frame);
      }),
  );
  expect(longestPause).toBeLessThan(500);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Stopped.')).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  expect(await measured(page, 'top1-modern-6')).toBeGreaterThan(0.1);
});

test('no request leaves the page’s own origin', async ({ page, baseURL }) => {
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(ADDRESS);
  await measured(page, 'latency-modern-8');
  const elsewhere = addresses.filter((address) => !/^(blob|data):/.test(address) && !address.startsWith(`${baseURL}/`));
  expect(elsewhere).toEqual([]);
  expect(
    addresses.some((address) => address.includes('.bin')),
    'the worker’s own requests are seen too',
  ).toBe(true);
});

test('a damaged dataset file is an error in words, and can be tried again', async ({ page }) => {
  await page.route(/test[^/]*\.bin/, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length >> 1] ^= 1;
    await route.fulfill({ response, body });
  });
  await page.goto(ADDRESS);
  await expect(page.getByTestId('failure')).toContainText('test.bin');
  await expect(page.getByTestId('top1-float32')).toHaveCount(0);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  expect(await measured(page, 'top1-float32')).toBeGreaterThan(0.5);
});

test('a truncated model file is an error in words', async ({ page }) => {
  await page.route('**/*.safetensors', async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: (await response.body()).subarray(0, 1000),
      headers: { 'content-length': '1000' },
    });
  });
  await page.goto(ADDRESS);
  await expect(page.getByTestId('failure')).toContainText('safetensors');
});
