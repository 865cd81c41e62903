/** `npx tsx scripts/picture.ts`: builds the page, measures every bitwidth in it, and takes the README's picture. */
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';

const PICTURE = 'docs/page.png';

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 4175 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await page.goto(`${server.resolvedUrls?.local[0]}?backend=wasm&bits=3&preset=2021`);
  for (const preset of ['2021', 'Modern']) {
    await page.getByLabel(preset).check();
    await page.getByRole('button', { name: 'Measure all' }).click({ timeout: 600_000 });
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.getByTestId('idle').waitFor({ timeout: 1_200_000 });
  }
  await page.screenshot({ path: PICTURE });
  console.log(`${PICTURE} shows: ${await page.getByTestId('headline').innerText()}`);
} finally {
  await browser.close();
  await server.close();
}
