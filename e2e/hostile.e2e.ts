/** Files that mean harm, and workers that do not answer: a sentence soon, and the page goes on. */
import { expect, test, type Page } from '@playwright/test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { bmp } from '../src/data/testing/pictures.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import { ONNX, SAFETENSORS } from '../tests/testing/hostileModels.ts';
import { SETS } from '../tests/testing/hostileSets.ts';
import { imageParquet } from './parquet.ts';

const inFiles = (page: Page) => page.getByLabel('Or choose files');

const chosen = (name: string, content: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

/** A picture of one colour. */
function picture(shade: number): Uint8Array {
  const made = bmp(32, 32, 24);
  return made.fill(shade, 54);
}

const GOOD = zipOf(
  ['train/cat', 'train/dog', 'val/cat', 'val/dog'].flatMap((folder, f) =>
    Array.from({ length: 3 }, (_, i) => ({ name: `set/${folder}/${i}.bmp`, content: picture(f * 40 + i) })),
  ),
);

/** A scale of each file is below zero. */
function negativeScale(): Uint8Array {
  const bytes = writeQdqOnnx(withSeededWeights(resnet20(10), schemeFor('2021', 4, 4)));
  const model = fromBinary(ModelProtoSchema, bytes);
  const node = model.graph?.node.find(({ opType }) => opType === 'QuantizeLinear');
  const scale = model.graph?.initializer.find(({ name }) => name === node?.input[1]);
  if (!scale) throw new Error('The file has no quantizer.');
  scale.rawData = new Uint8Array(Float32Array.of(-1).buffer);
  return toBinary(ModelProtoSchema, model);
}

/** A parquet file of which some bytes in the middle are changed. */
function damagedParquet(): Uint8Array {
  const rows = Array.from({ length: 12 }, (_, i) => ({ path: `${i}.bmp`, file: picture(i), label: i % 2 }));
  return imageParquet(rows, ['cat', 'dog']).fill(0xff, 0, 40);
}

async function openData(page: Page): Promise<void> {
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('./#screen=data&hide=guess');
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
}

const FILES: readonly (readonly [name: string, bytes: () => Uint8Array, sentence: RegExp])[] = [
  ['negative.onnx', negativeScale, /negative\.onnx: .*holds the scale -1/],
  ['damaged.parquet', damagedParquet, /damaged\.parquet/],
  ['cut.zip', () => GOOD.subarray(0, 500), /cut\.zip/],
];

for (const [name, bytes, sentence] of FILES)
  test(`${name} is refused in a sentence, and the next file is taken`, async ({ page }) => {
    await openData(page);
    await inFiles(page).setInputFiles(chosen(name, bytes()));
    await expect(page.locator('main')).toContainText(sentence);
    await inFiles(page).setInputFiles(chosen('set.zip', GOOD));
    await expect(page.getByTestId('dataset-set')).toHaveAttribute('data-state', 'ready');
  });

for (const [kind, files] of [
  ['networks', [...SAFETENSORS, ...ONNX]],
  ['sets', SETS],
] as const)
  // Each of them has its own time in Node (tests/hostile.test.ts); here two processors serve browser, server and test.
  test(`one after the other, hostile ${kind} are refused in sentences, and a good file is taken after them`, async ({
    page,
  }) => {
    test.slow();
    await openData(page);
    for (const [name, bytes] of files) {
      await expect(inFiles(page), `the file before ${name} is done with`).toBeEnabled();
      await inFiles(page).setInputFiles(chosen(name, bytes()));
      // Of one the page asks for a second file, which it names; a set is called as its file without the ending, or by a
      // picture in it. A whole word: the page says "browser" before anything is said of rows.parquet.
      const stem = name.replace(/\..*/, '');
      const sentence = new RegExp(`\\b${stem}\\b|they lie in passwd|lies in no class's folder`);
      // What is harmless but small is asked about.
      const leave = page.getByRole('button', { name: 'Leave it' });
      await expect(page.locator('.datasets', { hasText: sentence }).or(leave).first(), name).toBeVisible();
      if (await leave.isVisible()) await leave.click();
      await expect(page.locator('main')).not.toContainText(/undefined|is not a function|out of memory|call stack/i);
    }
    await inFiles(page).setInputFiles(chosen('set.zip', GOOD));
    await expect(page.getByTestId('dataset-set')).toHaveAttribute('data-state', 'ready');
  });

/** Answers what it is asked about what is there, and is busy for ever with the first import. */
const LOOPS = `const LIST = { datasets: [], weights: [], persisted: null, usage: null, quota: null };
onmessage = ({ data: { id, kind } }) => {
  if (kind === 'ping') postMessage({ id: 0, kind: 'pong' });
  else if (kind === 'import') for (;;);
  else postMessage({ id, kind: 'result', result: kind === 'list' ? LIST : null });
};`;

for (const [kind, code] of [
  ['loops', LOOPS],
  ['vanishes', LOOPS.replace('for (;;);', 'close();')],
])
  test(`an import whose worker ${kind} is ended and said, and the next one works`, async ({ page }) => {
    let workers = 0;
    const headers = { 'Cross-Origin-Embedder-Policy': 'require-corp' };
    await page.route(/\/assets\/datasetsWorker-/, (route) =>
      workers++ === 0 ? route.fulfill({ contentType: 'text/javascript', headers, body: code }) : route.continue(),
    );
    await page.route(/\/assets\/labWorker-/, (route) => route.abort());
    await page.goto('./#screen=data&hide=guess');
    await inFiles(page).setInputFiles(chosen('set.zip', GOOD));
    await expect(page.locator('main')).toContainText(/did not answer for 1\d seconds and was ended/);
    await inFiles(page).setInputFiles(chosen('set.zip', GOOD));
    await expect(page.getByTestId('dataset-set')).toHaveAttribute('data-state', 'ready');
  });
