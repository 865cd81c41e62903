/** ONNX files out of the page and into it again, in a real Chromium: the numbers are read off the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { addNode, newOnnxBuilder, serializeModel, valueInfo } from '../src/onnx/write/builder.ts';
import { readOnnx } from '../src/onnx/read/read.ts';
import { torchExport } from '../src/onnx/testing/torchExport.ts';
import { readModel } from '../src/weights/model.ts';
import { download } from './download.ts';
import { runTwin } from './twin.ts';

const IMAGES = 100;
const ADDRESS = `./#backend=wasm&images=${IMAGES}&hide=guess`;
const BUNDLED = 'public/models/resnet20-cifar10.safetensors';

/** The number in a cell, in full. */
async function measured(page: Page, id: string): Promise<number> {
  const cell = page.getByTestId(id);
  await expect(cell).toBeVisible();
  return Number(await cell.getAttribute('value'));
}

const choose = (page: Page, name: string, buffer: Uint8Array): Promise<void> =>
  page
    .getByLabel('Or choose files')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) });

test('each form is written at its size, and the quantized file, brought again, gives the very numbers it left with', async ({
  page,
}) => {
  await page.goto(`${ADDRESS}&bits=4`);
  const [top1, runtimeTop1, onnxBytes] = [
    await measured(page, 'top1-modern-4'),
    await measured(page, 'ort-modern-4'),
    await measured(page, 'onnx-modern-4'),
  ];
  const [quantized, float32, float16] = [
    await download(page, 'export-onnx'),
    await download(page, 'export-float32'),
    await download(page, 'export-float16'),
  ];
  expect(quantized.bytes.length).toBe(onnxBytes);
  expect(readOnnx(quantized.bytes, quantized.name)).toMatchObject({
    kind: 'quantized',
    model: { scheme: { name: 'modern', weightBits: 4 } },
  });
  for (const { name, bytes } of [float32, float16])
    expect(readOnnx(bytes, name)).toMatchObject({ kind: 'float32', model: { graph: { name: 'resnet20' } } });
  expect(float16.bytes.length / float32.bytes.length).toBeLessThan(0.52);

  await page.goto(`${ADDRESS}&screen=data`);
  await choose(page, quantized.name, quantized.bytes);
  await expect(page.getByTestId('weights:quantized')).toHaveAttribute('data-state', 'ready');
  await page.reload();
  await expect(page.getByTestId('weights:quantized')).toContainText(quantized.name);
  await page.getByTestId('measure-file').click();
  await expect(page.getByTestId('file-said')).toContainText(`It holds 4 bits (modern, ${quantized.name}`);
  expect(await measured(page, 'file-top1')).toBe(top1);
  expect(await measured(page, 'file-runtime-top1')).toBe(runtimeTop1);

  const goTo = (screen: string): Promise<void> =>
    page.evaluate((name) => void (location.hash = location.hash.replace(/screen=\w+/, `screen=${name}`)), screen);
  await goTo('race');
  await expect(page.getByText(`Your file: ${quantized.name}`)).toBeVisible();
  await page.getByTestId('file-32').uncheck();
  await page.getByTestId('file-8').uncheck();
  await page.getByTestId('file-brought').check();
  await page.getByTestId('race-start').click();
  await expect(page.getByTestId('race-findings')).toContainText('the 4-bit file that was brought');
  expect(await measured(page, 'race-size-wasm-1-1-brought')).toBe(quantized.bytes.length);
  expect(await measured(page, 'race-median-wasm-1-1-brought')).toBeGreaterThan(0);
  await expect(page.getByTestId('race-agrees-wasm-1-1-brought')).toHaveText('yes');

  await goTo('classify');
  await page.getByTestId('take-test-images').click();
  await page.getByTestId('classify-brought').check();
  const table = page.getByTestId('classified');
  await expect(table.getByRole('columnheader')).toHaveText([
    'Photo',
    '32-bit float',
    '8 bits',
    '4 bits',
    '2 bits',
    'your file, 4 bits',
  ]);
  const answers = (column: string): Promise<(string | null)[]> =>
    Promise.all(
      [0, 1, 2, 3, 4, 5].map((photo) =>
        page.getByTestId(`answer-${photo}-${column}`).locator('data').first().getAttribute('value'),
      ),
    );
  expect(await answers('brought'), 'how sure it is of each photo').toEqual(await answers('4'));
});

test('a ResNet as PyTorch exports it becomes the network of the page: as accurate, and quantized like any other', async ({
  page,
}) => {
  const [twin] = await runTwin({ bits: '4', images: IMAGES });
  await page.goto(`${ADDRESS}&screen=data`);
  await page
    .getByLabel('A network whose file does not say how its pixels are scaled expects them')
    .selectOption('cifar10');
  await choose(
    page,
    'theirs.onnx',
    torchExport(readModel(new Uint8Array(readFileSync(join(import.meta.dirname, '..', BUNDLED))), BUNDLED)),
  );
  await expect(page.getByTestId('weights:own')).toContainText('Ready: theirs.onnx');
  await page.getByRole('combobox', { name: 'Network', exact: true }).selectOption('own');
  await expect(page.getByTestId('model')).toContainText('Your network, 0.27 M parameters');
  await page.goto(`${ADDRESS}&model=own&bits=4`);
  expect(await measured(page, 'top1-float32')).toBe(twin.float32Top1);
  expect(await measured(page, 'top1-modern-4')).toBe(twin.top1);
});

test('what is no ResNet is refused by its operator’s name, and nothing of it stays; the keyboard reaches the button', async ({
  page,
}) => {
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto(`${ADDRESS}&screen=data`);
  const builder = newOnnxBuilder();
  addNode(builder, 'Sigmoid', ['input'], 'out', {}, 'gate');
  const file = serializeModel(
    builder,
    'g',
    [valueInfo('input', 1, ['n', 3, 32, 32])],
    [valueInfo('out', 1, ['n', 3, 32, 32])],
    {},
  );
  const input = page.getByLabel('Or choose files');
  await input.focus();
  await expect(input).toBeFocused();
  await choose(page, 'gate.onnx', file);
  const alert = page.locator('.datasets').getByRole('alert');
  await expect(alert).toContainText(
    'gate.onnx: the operator Sigmoid (gate) cannot be imported: a float network may have Conv, BatchNormalization',
  );
  await choose(page, 'half.onnx', file.subarray(0, 20));
  await expect(alert).toContainText('half.onnx: it is damaged or no ONNX file');
  await expect(page.getByTestId('weights:own')).toHaveAttribute('data-state', 'absent');
});
