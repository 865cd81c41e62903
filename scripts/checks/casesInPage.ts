/**
 * `npx tsx scripts/checks/casesInPage.ts --cases DIR`: brings each file and folder of DIR's folders (folders, archives,
 * onnx, weights, hostile) to the built page as a person would, one page each, and prints what the page says of it and
 * after how long, as one JSON line: to be compared with DIR's README by eye.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium.ts';
import { PROJECT } from '../../src/lab/hosts/node.ts';

const KINDS = ['folders', 'archives', 'onnx', 'weights', 'hostile'];

const { values } = parseArgs({ options: { cases: { type: 'string' } } });
const cases = values.cases ?? '';
if (cases === '') throw new Error('--cases names the folder of the cases.');

const outDir = join(PROJECT, '.cache', 'cases-in-page');
await build({ root: PROJECT, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
const server = await preview({ root: PROJECT, build: { outDir }, preview: { port: 0 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What the page says once it has an answer: a refusal, a question (answered with yes), or a row that is ready. */
async function answers(page: Page): Promise<string[]> {
  const said: string[] = [];
  const alert = page.locator('.datasets').getByRole('alert').first();
  const ask = page.getByTestId('ask');
  const brought = page.locator(
    '[data-testid^="dataset-"]:not([data-testid$="-sample"])[data-state="ready"], [data-testid="weights:own"][data-state="ready"], [data-testid="weights:quantized"][data-state="ready"]',
  );
  await alert.or(ask).or(brought.last()).first().waitFor();
  if (await ask.isVisible()) {
    said.push(`asks: ${inOneLine(await ask.innerText())}`);
    const yes = page.getByRole('button', { name: 'Import it so' });
    if (!(await yes.isVisible())) return said;
    await yes.click();
    await alert.or(brought.last()).first().waitFor();
  }
  if (await alert.isVisible()) said.push(`refuses: ${inOneLine(await alert.innerText())}`);
  for (const row of await brought.all()) {
    for (const summary of await row.locator('details summary').all()) await summary.click();
    said.push(`ready: ${inOneLine(await row.innerText())}`);
  }
  return said;
}

for (const kind of KINDS) {
  for (const name of readdirSync(join(cases, kind)).sort()) {
    const path = join(cases, kind, name);
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    // The lab's computing is not asked here, only its reading.
    await page.route(/\/assets\/labWorker-/, (route) => route.abort());
    await page.goto(`${server.resolvedUrls?.local[0]}#screen=data&hide=guess`);
    await page.getByTestId('dataset-cifar10').waitFor();
    const start = performance.now();
    const chooser = page.getByLabel(statSync(path).isDirectory() ? 'or a folder' : 'Or choose files');
    await chooser.setInputFiles(path);
    const said = await answers(page).catch((error: unknown) => [`no answer: ${String(error)}`]);
    console.log(
      JSON.stringify({
        case: `${kind}/${name}`,
        seconds: Number(((performance.now() - start) / 1000).toFixed(2)),
        said,
      }),
    );
    await context.close();
  }
}
await browser.close();
await server.close();
process.exit(0);
