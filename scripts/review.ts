/**
 * `npx tsx scripts/review.ts [SCREEN...]`: builds the page and photographs screens as a desk, a projector and a phone
 * show them, into e2e/review: pictures for people to look at, small WebP files. `--keep-build` takes the build that is there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { build, preview } from 'vite';
import { SCREENS, type ScreenName } from '../src/app/names/screenNames.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { toWebp } from './webp.ts';

const FOLDER = 'e2e/review';

const WINDOWS = {
  desk: { viewport: { width: 1280, height: 800 }, colorScheme: 'light', look: '' },
  projector: { viewport: { width: 1920, height: 1080 }, colorScheme: 'light', look: '&view=projector' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'dark', look: '' },
} as const;

async function photograph(browser: Browser, address: string, screens: readonly ScreenName[]): Promise<void> {
  const helper = await browser.newPage();
  for (const [name, { look, ...options }] of Object.entries(WINDOWS)) {
    const page = await browser.newPage(options);
    for (const screen of screens) {
      await page.goto(`${address}#screen=${screen}&backend=wasm&images=200&bits=4${look}`);
      await page.locator(`main[data-screen="${screen}"]`).waitFor();
      // The screen's code has come.
      await page
        .locator('main')
        .getByText(/^Opening /)
        .waitFor({ state: 'detached', timeout: 300_000 });
      // On a phone the dock shows no words when the lab rests.
      await page.getByTestId('idle').waitFor({ state: 'attached', timeout: 300_000 });
      await page.waitForLoadState('networkidle');
      await page.waitForFunction(() => !document.querySelector('[data-testid="asking"]'), null, { timeout: 300_000 });
      const png = await page.screenshot({ animations: 'disabled' });
      await writeFile(join(FOLDER, `${screen}-${name}.webp`), Buffer.from(await toWebp(helper, png), 'base64'));
      await writeFile(join('.cache/review', `${screen}-${name}.png`), png);
    }
    await page.close();
  }
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = wanted.filter((name) => !SCREENS.some((screen) => screen === name));
if (unknown.length > 0)
  throw new Error(`There is no screen named ${unknown.join(', ')}; there are ${SCREENS.join(', ')}.`);
const screens = wanted.length > 0 ? SCREENS.filter((screen) => wanted.includes(screen)) : SCREENS;

if (!process.argv.includes('--keep-build')) await build({ logLevel: 'warn' });
await mkdir(FOLDER, { recursive: true });
await mkdir('.cache/review', { recursive: true });
const server = await preview({ preview: { port: 4176 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
try {
  await photograph(browser, server.resolvedUrls?.local[0] ?? '', screens);
  console.log(`${FOLDER}: ${screens.join(', ')} as ${Object.keys(WINDOWS).join(', ')}`);
} finally {
  await browser.close();
  await server.close();
}
