/** The page as forced colours and reduced motion show it: every mark is still a mark, and nothing moves. */
import { expect, test, type Page } from '@playwright/test';
import { SCREENS } from '../src/app/names/screenNames.ts';

async function eachScreen(page: Page, look: (screen: string) => Promise<void>): Promise<void> {
  await page.goto('./#backend=wasm&images=20&calibration=32&bits=4&hide=guess&screen=snap');
  for (const screen of SCREENS) {
    await page.evaluate(
      (hash) => void (location.hash = hash),
      `#images=20&calibration=32&bits=4&hide=guess&screen=${screen}`,
    );
    await expect(page.locator(`main[data-screen="${screen}"]`)).toBeVisible();
    await expect(page.locator('main').getByText(/^Opening /)).toHaveCount(0);
    await expect(page.getByTestId('asking')).toHaveCount(0);
    await look(screen);
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`forced colours, ${colorScheme}: marks, swatches, bars and the slider differ from what is behind them`, async ({
    page,
  }) => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    let marks = 0;
    await eachScreen(page, async (screen) => {
      const { unseen, seen } = await page.evaluate(() => {
        const canvas = getComputedStyle(document.body).backgroundColor;
        const nothing = ['none', 'rgba(0, 0, 0, 0)', canvas];
        const shown = (color: string): boolean => !nothing.includes(color);
        const shapes = [
          ...document.querySelectorAll(
            '.drawing svg :is(path, circle, rect, line).float32, .drawing svg :is(path, circle, rect, line).quantized, .drawing svg :is(path, circle, rect, line).error',
          ),
        ];
        const blocks = [...document.querySelectorAll('.swatch, .cell .bar')];
        const name = (element: Element): string => `${element.tagName} ${element.getAttribute('class')}`;
        const lost = [
          ...shapes.filter((shape) => ![getComputedStyle(shape).fill, getComputedStyle(shape).stroke].some(shown)),
          ...blocks.filter(
            (block) =>
              ![
                getComputedStyle(block).backgroundColor,
                getComputedStyle(block).borderTopWidth === '0px' ? 'none' : getComputedStyle(block).borderTopColor,
              ].some(shown),
          ),
        ];
        return { unseen: lost.map(name), seen: shapes.length + blocks.length };
      });
      expect(unseen, screen).toEqual([]);
      marks += seen;
    });
    expect(marks).toBeGreaterThan(50);
    expect(await page.getByTestId('bits').evaluate((slider) => getComputedStyle(slider).backgroundImage)).toContain(
      'gradient',
    );
    await page.getByTestId('bits').focus();
    expect(await page.getByTestId('bits').evaluate((slider) => getComputedStyle(slider).outlineStyle)).not.toBe('none');
    const current = page.locator('nav.screens a[aria-current]');
    const other = page.locator('nav.screens a:not([aria-current])').first();
    const underline = (link: Element): string => getComputedStyle(link).borderBottomColor;
    expect(await current.evaluate(underline)).not.toBe(await other.evaluate(underline));
  });
}

test('with reduced motion nothing moves on any screen', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await eachScreen(page, async (screen) => {
    const moving = await page.evaluate(() => {
      const timed = [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0);
      });
      return { running: document.getAnimations().length, timed: timed.map(({ tagName }) => tagName) };
    });
    expect(moving, screen).toEqual({ running: 0, timed: [] });
  });
});
