/** The race and Classify on the built page in a real Chromium: the numbers are read off the page. */
import { expect, test, type Page } from '@playwright/test';
import { PNG } from 'pngjs';

const ADDRESS = './#backend=wasm&images=50&calibration=32&hide=guess';

async function number(page: Page, id: string): Promise<number> {
  const cell = page.getByTestId(id);
  await expect(cell).toBeVisible();
  return Number(await cell.getAttribute('value'));
}

test('three files race on WebAssembly: sizes, times and a finding that follows from them', async ({ page }) => {
  await page.goto(`${ADDRESS}&screen=race`);
  await expect(page.getByTestId('no-webnn')).toContainText('WebNN is not offered: This browser has no WebNN.');
  await expect(page.getByTestId('lane-webnn')).toBeDisabled();
  await page.getByTestId('race-start').click();
  const findings = page.getByTestId('race-findings');
  await expect(findings).toContainText('On WebAssembly with one thread, one image at a time, 8 bits');

  const [float, eight, four] = await Promise.all([32, 8, 4].map((bits) => number(page, `race-size-wasm-1-1-${bits}`)));
  expect(eight / float).toBeLessThan(0.3);
  expect(four / eight).toBeLessThan(0.6);
  for (const bits of [32, 8, 4]) {
    const median = await number(page, `race-median-wasm-1-1-${bits}`);
    expect(median).toBeGreaterThan(0);
    expect(await number(page, `race-rate-wasm-1-1-${bits}`)).toBeCloseTo(1000 / median, 6);
    expect(await number(page, `race-p95-wasm-1-1-${bits}`)).toBeGreaterThanOrEqual(median);
    expect(await number(page, `race-load-wasm-1-1-${bits}`)).toBeGreaterThan(0);
    expect(await number(page, `race-memory-wasm-1-1-${bits}`)).toBeGreaterThan(1e6);
  }
  for (const bits of [32, 8, 4])
    expect(await number(page, `race-median-fewbit-1-1-${bits}`), `${bits} bits in our engine`).toBeGreaterThan(0);
  await expect(findings).toContainText('On Fewbit’s engine with one thread, one image at a time, 8 bits');
  await expect(findings).toContainText(/buy (no )?time/);
  await page.getByText('Which operators ran where').click();
  const operators = page.getByTestId('race-operators');
  await expect(operators.getByRole('row', { name: /^4 bits .*QLinearConv processor 21 / })).toBeVisible();
  await expect(operators).not.toContainText('Gather');
  await page.getByText('Which kernel ran which layer').click();
  const layers = page.getByTestId('race-layers-fewbit-1-1');
  await expect(layers.getByRole('row', { name: /^layer1\.0\.conv1 .* ms, float32 .* ms, int/ })).toBeVisible();
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(width, 'open tables do not widen the page').toBeLessThanOrEqual(room);

  const median = await number(page, 'race-median-wasm-1-1-8');
  await page.evaluate(() => void (location.hash = location.hash.replace('screen=race', 'screen=bill')));
  const bill = page.getByTestId('runtimes');
  await expect(
    bill
      .getByRole('row', { name: /^8 bits WebAssembly, one thread 1 / })
      .locator('data')
      .nth(2),
    'on the bill, too',
  ).toHaveAttribute('value', String(median));
  await bill.getByRole('link', { name: 'Go to the race' }).click();
  await expect(findings, 'the race is as it was left').toContainText('8 bits');
});

test('photos of one’s own and test images, at every bitwidth side by side; what is no photo is refused by name', async ({
  page,
}) => {
  await page.goto(`${ADDRESS}&screen=classify`);
  await page.getByTestId('take-test-images').click();
  await expect(page.getByTestId('answer-5-2')).toBeVisible();
  await page.getByTestId('photo-files').setInputFiles([
    { name: 'sky.png', mimeType: 'image/png', buffer: blue(60, 40) },
    { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photo at all') },
  ]);
  await page.getByTestId('classify-all').click();
  await expect(page.getByTestId('photo-refused')).toContainText('notes.jpg was left out');
  const table = page.getByTestId('classified');
  await expect(table.getByRole('row')).toHaveCount(8);
  await expect(table.getByRole('columnheader')).toHaveText([
    'Photo',
    '32-bit float',
    ...[8, 7, 6, 5, 4, 3, 2].map((bits) => `${bits} bits`),
  ]);
  await expect(
    page.getByTestId('classify-finding'),
    'answers come first, times when all have answered',
  ).toHaveAttribute('data-complete', 'true');
  for (const bits of [32, 8, 7, 6, 5, 4, 3, 2]) {
    const [confidence, ms] = await page
      .getByTestId(`answer-6-${bits}`)
      .locator('data')
      .evaluateAll((all) => all.map((each) => Number(each.getAttribute('value'))));
    expect(confidence).toBeGreaterThan(0.1);
    expect(confidence).toBeLessThanOrEqual(1);
    expect(ms).toBeGreaterThan(0);
  }
  const differing = await table
    .getByRole('row')
    .filter({ has: page.getByRole('img', { name: 'differs' }) })
    .count();
  await expect(page.getByTestId('classify-finding')).toContainText(
    differing === 0 ? 'Every bitwidth gives' : `On ${differing} of 7 photos`,
  );
});

/** A PNG of blue sky. */
function blue(width: number, height: number): Buffer {
  const picture = new PNG({ width, height });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([90, 150, 230, 255], at);
  return PNG.sync.write(picture);
}
