/** What a class sees without scrolling, and what a phone shows without moving sideways. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { SCREENS, type ScreenName } from '../src/app/names/screenNames.ts';

/** What each screen is about: it begins high enough, and half of it or more is in view. */
const MAIN: { readonly [K in ScreenName]: string } = {
  snap: '[data-testid="chart-snap"] .drawing',
  clip: '[data-testid="chart-clip"] .drawing',
  layers: '.strip',
  bill: '[data-testid="chart-accuracy"] .drawing',
  staircase: '[data-testid="chart-stairs"] .drawing',
  classify: '.photo-source',
  race: '.race-form',
  experiments: '.grid-form',
  classes: '.own-classes',
  data: '.subject',
  lesson: '.teach > .buttons',
  glossary: '[data-testid="find-word"]',
};

const HIGHEST = 360;

/** Opens each screen in turn, in one page with one lab. */
async function eachScreen(page: Page, look: (screen: ScreenName) => Promise<void>): Promise<void> {
  await page.goto('./#backend=wasm&images=20&calibration=32&bits=4&screen=snap');
  for (const screen of SCREENS) {
    await page.evaluate((hash) => void (location.hash = hash), `#images=20&calibration=32&bits=4&screen=${screen}`);
    await expect(page.locator(`main[data-screen="${screen}"] ${MAIN[screen]}`)).toBeVisible();
    await expect(page.getByTestId('asking')).toHaveCount(0);
    await look(screen);
  }
}

test('at 1280 by 800 every screen shows what it is about without scrolling', async ({ page }) => {
  await eachScreen(page, async (screen) => {
    const main = page.locator(MAIN[screen]);
    await expect.poll(async () => (await main.boundingBox())?.y, `${screen} begins`).toBeLessThanOrEqual(HIGHEST);
    await expect(main, screen).toBeInViewport({ ratio: 0.5 });
    const finding = page.locator('.finding').first();
    if ((await finding.count()) > 0) await expect(finding, `${screen}: its finding`).toBeInViewport({ ratio: 1 });
  });
});

test('where both sentences of the bill take two lines at 1280 pixels, the chart still begins high', async ({
  page,
}) => {
  await page.goto('./#backend=wasm&images=20&hide=guess&screen=bill');
  const headline = page.getByTestId('headline');
  await expect(page.getByTestId('asking')).toHaveCount(0);
  await expect(page.getByTestId('idle')).toBeVisible();
  const say = (element: Locator, sentence: string) =>
    element.evaluate((node, text) => void (node.textContent = text), sentence);
  await say(
    headline,
    'At 4 bits the network recognises 78.8% of 1,000 test images, 10.5 points fewer than at 32 bits, at 13% of the size.',
  );
  await say(
    page.locator('[data-testid="chart-accuracy"] p').first(),
    'With the modern preset, 4 bits have 90.0%, which 20 images cannot tell from 32 bits.',
  );
  expect((await page.locator(MAIN.bill).boundingBox())?.y).toBeLessThanOrEqual(HIGHEST);
});

test('the first visit asks to predict, beside a result, all in view', async ({ page }) => {
  await page.goto('./#backend=wasm&images=20');
  await expect(page.getByTestId('headline')).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('button', { name: 'That is my guess' })).toBeInViewport({ ratio: 1 });
  await expect(page.locator(MAIN.bill)).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('at 360 pixels nothing goes over the side, and one button makes the thin bar the whole dock', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await eachScreen(page, async (screen) => {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(over, screen).toBe(0);
  });
  const dock = page.locator('.dock');
  expect((await dock.boundingBox())?.height).toBeLessThan(80);
  const more = page.getByRole('button', { name: 'All controls' });
  await expect(page.getByTestId('bits')).toBeVisible();
  await expect(page.getByTestId('readout-top1')).toBeVisible();
  await expect(page.getByTestId('bits-3')).toBeHidden();
  await more.click();
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await page.getByTestId('bits-3').click();
  await expect(page.getByTestId('bits')).toHaveAttribute('aria-valuetext', '3 bits');
  await expect(page.getByRole('radio', { name: '2021' })).toBeVisible();
  await expect(page.getByTestId('device')).toBeVisible();
});
