/** Files dropped onto the built page in a real Chromium, as a hand drops them from a folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { torchExport } from '../src/onnx/testing/torchExport.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { readModel } from '../src/weights/model.ts';
import { drop } from './drop.ts';

const BUNDLED = 'public/models/resnet20-cifar10.safetensors';

test('a float .onnx, a quantized and a damaged one are dropped: each comes in where it belongs, or is refused by its name', async ({
  page,
}, testInfo) => {
  const file = (name: string, bytes: Uint8Array): string => {
    const path = testInfo.outputPath(name);
    writeFileSync(path, bytes);
    return path;
  };
  const float = torchExport(readModel(new Uint8Array(readFileSync(join(import.meta.dirname, '..', BUNDLED))), BUNDLED));
  const quantized = writeQdqOnnx(withSeededWeights(resnet20(10), schemeFor('modern', 4, 4)));
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('./#screen=data&hide=guess');
  const area = page.locator('.bring .drop');
  const alert = page.locator('.datasets').getByRole('alert');

  await expect(page.getByTestId('weights:own')).toHaveAttribute('data-state', 'absent');
  await drop(page, area, file('theirs.onnx', float));
  await expect(page.getByTestId('weights:own')).toContainText('Ready: theirs.onnx');
  await drop(page, page.getByRole('heading', { name: 'What is measured' }), file('four-bits.onnx', quantized));
  await expect(page.getByTestId('weights:quantized'), 'anywhere on the screen').toContainText('Ready: four-bits.onnx');
  await expect(page.getByTestId('measure-file')).toBeVisible();

  await drop(page, area, file('half.onnx', float.subarray(0, float.length / 2)));
  await expect(alert).toContainText('half.onnx: it is damaged or no ONNX file');
  const flipped = quantized.slice();
  flipped.fill(0xff, 200, 260);
  await drop(page, area, file('flipped.onnx', flipped));
  await expect(alert).toContainText('flipped.onnx');
  await expect(page.getByTestId('weights:own'), 'what was here stays').toContainText('Ready: theirs.onnx');
  await expect(page.getByTestId('weights:quantized')).toContainText('Ready: four-bits.onnx');
});

test('a file that is dropped where nothing takes it does not take the page away', async ({ page }, testInfo) => {
  await page.goto('./#screen=bill&hide=guess&backend=wasm&images=20&calibration=32');
  const path = testInfo.outputPath('lost.onnx');
  writeFileSync(path, 'lost');
  const html = page.locator('html');
  await html.evaluate((root) =>
    addEventListener('dragover', ({ defaultPrevented }) => root.setAttribute('data-refused', String(defaultPrevented))),
  );
  await drop(page, page.getByTestId('headline'), path);
  await expect(html).toHaveAttribute('data-refused', 'true');
  await expect(page.getByTestId('headline')).toBeVisible();
});
