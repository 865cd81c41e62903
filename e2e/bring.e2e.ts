/** What people bring, dropped onto the built page: the right answer, or the right question, before anything is measured. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { initialWeights } from '../src/graph/init.ts';
import { mobilenetV2 } from '../src/graph/networks/mobilenet.ts';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import { fromGraphWeights } from '../src/weights/names.ts';
import { writeSafetensors } from '../src/weights/safetensors.ts';
import { fileOfMobile, timm, torchvision } from '../src/weights/testing/mobileNames.ts';
import { bmp } from '../src/data/testing/pictures.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import { KERAS, mobileExport } from '../src/onnx/testing/mobileExport.ts';
import { twoFiles } from '../src/onnx/testing/twoFiles.ts';
import { seededFloatModel } from '../src/onnx/testing/seededModel.ts';

type Files = Readonly<Record<string, Uint8Array>>;

/** A picture like no other. */
let drawn = 0;
function picture(): Uint8Array {
  const made = bmp(32, 32, 24);
  made[54 + (drawn % 3000)] ^= 1 + Math.floor(drawn++ / 3000);
  return made;
}

const pictures = (folder: string, count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.bmp`, picture()]));

const inFiles = (page: Page) => page.getByLabel('Or choose files');
const inFolder = (page: Page) => page.getByLabel('or a folder');

const chosen = (name: string, content: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

/** Writes a folder to the disk, as a person has it there. */
function folder(root: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The page without the lab's computing. */
async function openData(page: Page): Promise<void> {
  await page.route(/\/assets\/labWorker-/, (route) => route.abort());
  await page.goto('./#screen=data&hide=guess');
  await expect(page.getByTestId('dataset-cifar10')).toBeVisible();
}

const ask = (page: Page) => page.getByTestId('ask');
const set = (page: Page, name: string) => page.getByTestId(`dataset-${name}`);

/** Classes with their counts, as the row's table says them. */
async function classesOf(page: Page, name: string): Promise<string[]> {
  await set(page, name).locator('details summary').first().click();
  const rows = set(page, name).locator('table.sheet').first().locator('tbody tr');
  return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
}

const LAYOUTS: readonly [name: string, files: Files, classes: string[], said: string | null][] = [
  [
    'sub-folders of a class',
    {
      ...pictures('cat/batch1', 5),
      ...pictures('cat/batch2', 5),
      ...pictures('dog/batch1', 5),
      ...pictures('dog/batch2', 5),
    },
    ['cat 8 2', 'dog 8 2'],
    null,
  ],
  [
    'names that differ by case between the splits',
    { ...pictures('train/Cat', 4), ...pictures('val/cat', 2), ...pictures('train/Dog', 4), ...pictures('val/dog', 2) },
    ['Cat 4 2', 'Dog 4 2'],
    'Cat is one class',
  ],
  [
    'a class without test images',
    { ...pictures('train/a', 4), ...pictures('train/b', 4), ...pictures('test/a', 2) },
    ['a 4 2', 'b 4 0'],
    'b has no test images',
  ],
  [
    'litter, and pictures in no class',
    {
      ...pictures('cat', 5),
      ...pictures('dog', 5),
      ...pictures('@eaDir', 3),
      'loose.bmp': picture(),
      'Thumbs.db': new Uint8Array(9),
    },
    ['cat 4 1', 'dog 4 1'],
    '1 picture lies in no class’s folder and is left out.',
  ],
];

for (const [name, files, classes, said] of LAYOUTS) {
  test(`a folder: ${name}`, async ({ page }, testInfo) => {
    await openData(page);
    await inFolder(page).setInputFiles(folder(testInfo.outputPath('set'), files));
    if (said !== null && /no test|lies in/.test(said)) {
      await expect(ask(page)).toContainText(said);
      await page.getByRole('button', { name: 'Import it so' }).click();
    }
    await expect(set(page, 'set')).toHaveAttribute('data-state', 'ready');
    if (said !== null) await expect(set(page, 'set')).toContainText(said);
    expect(await classesOf(page, 'set')).toEqual(classes);
  });
}

test('two readings of the folders are shown with their counts, and the chosen one is imported', async ({
  page,
}, testInfo) => {
  await openData(page);
  const files = {
    ...pictures('north/red', 5),
    ...pictures('north/blue', 5),
    ...pictures('south/red', 5),
    ...pictures('south/blue', 5),
  };
  await inFolder(page).setInputFiles(folder(testInfo.outputPath('two'), files));
  await expect(ask(page).getByRole('heading')).toHaveText('Which folder names the classes?');
  await expect(ask(page).getByRole('radio')).toHaveCount(2);
  await ask(page).getByRole('radio', { name: 'red' }).check();
  await expect(ask(page).getByRole('row', { name: /^blue/ })).toContainText('8');
  await page.getByRole('button', { name: 'Import it so' }).click();
  await expect(set(page, 'two')).toHaveAttribute('data-state', 'ready');
  expect(await classesOf(page, 'two')).toEqual(['blue 8 2', 'red 8 2']);
});

test('more than a fifth of the pictures damaged: asked, and left out when that is allowed', async ({
  page,
}, testInfo) => {
  await openData(page);
  const files = {
    ...pictures('cat', 6),
    ...pictures('dog', 6),
    'cat/cut.bmp': picture().slice(0, 60),
    'dog/a.tif': Uint8Array.of(0x49, 0x49, 42, 0, 8),
    'dog/b.tif': Uint8Array.of(0x49, 0x49, 42, 0, 9),
    'cat/c.tif': Uint8Array.of(0x49, 0x49, 42, 0, 7),
  };
  await inFolder(page).setInputFiles(folder(testInfo.outputPath('odd'), files));
  await expect(ask(page)).toContainText('4 of the 16 pictures of odd cannot be read');
  await page.getByRole('button', { name: 'Go on without them' }).click();
  await expect(set(page, 'odd')).toHaveAttribute('data-state', 'ready');
  await expect(set(page, 'odd')).toContainText('4 files are left out');
});

const ZIP = Object.entries({ ...pictures('cat', 5), ...pictures('dog', 5) });
const ARCHIVES: readonly [name: string, archive: Uint8Array, classes: string[] | RegExp][] = [
  [
    'backslashes',
    zipOf(ZIP.map(([path, content]) => ({ name: path.replaceAll('/', '\\'), content }))),
    ['cat 4 1', 'dog 4 1'],
  ],
  [
    'names in UTF-8 without the flag',
    zipOf(ZIP.map(([path, content]) => ({ name: path.replace('cat', 'Kätzchen'), content }))),
    ['Kätzchen 4 1', 'dog 4 1'],
  ],
  [
    'sizes behind the files, stored',
    zipOf(
      ZIP.map(([name, content]) => ({ name, content })),
      { method: 0, flags: 8 },
    ),
    ['cat 4 1', 'dog 4 1'],
  ],
  [
    'a password',
    zipOf(
      ZIP.map(([name, content]) => ({ name, content })),
      { flags: 1 },
    ),
    /bag\.zip.*it has a password/,
  ],
  [
    'Deflate64',
    zipOf(
      ZIP.map(([name, content]) => ({ name, content })),
      { method: 9 },
    ),
    /bag\.zip.*Deflate64/,
  ],
];

for (const [name, archive, answer] of ARCHIVES) {
  test(`a zip with ${name}`, async ({ page }) => {
    await openData(page);
    await inFiles(page).setInputFiles(chosen('bag.zip', archive));
    if (answer instanceof RegExp) return expect(page.locator('.datasets').getByRole('alert')).toContainText(answer);
    await expect(set(page, 'bag')).toHaveAttribute('data-state', 'ready');
    expect(await classesOf(page, 'bag')).toEqual(answer);
  });
}

const graph = resnet20(2);
/** A CIFAR network of another tool: it says nothing of itself. */
const bare = writeSafetensors(fromGraphWeights(graph, initialWeights(graph, 1)), { dtype: 'F32' });

test('a network whose file says nothing: what was assumed is said, and can be chosen', async ({ page }) => {
  await openData(page);
  await inFiles(page).setInputFiles(chosen('theirs.safetensors', bare));
  const about = page.getByTestId('normalization-weights:own');
  await expect(about).toContainText('the mean 0.485, 0.456, 0.406 and the deviation 0.229, 0.224, 0.225: assumed');
  await expect(page.getByTestId('about-weights:own')).toContainText(
    'resnet20, 32-bit float: 22 layers with weights, 2 classes, made for images of 32 × 32.',
  );
  await page.getByLabel('It expects its pixels').selectOption('signed');
  await expect(about).toContainText('the mean 0.5, 0.5, 0.5 and the deviation 0.5, 0.5, 0.5: you chose it');
  await page.reload();
  await expect(about).toContainText('you chose it');
});

const mobileGraph = mobilenetV2({ width: 0.35, inputSize: 64, classes: 2 });
const mobileWeights = initialWeights(mobileGraph, 1);

for (const [name, content, architecture] of [
  ['torchvision.safetensors', fileOfMobile(mobileGraph, mobileWeights, torchvision), 'mobilenet_v2-0.35'],
  ['timm.safetensors', fileOfMobile(mobileGraph, mobileWeights, timm), 'mobilenet_v2-0.35'],
  [
    'keras.onnx',
    mobileExport(seededFloatModel(mobilenetV2({ width: 0.35, inputSize: 64, classes: 2, convention: 'keras' })), KERAS),
    'tf2onnx',
  ],
] as const) {
  test(`a MobileNetV2: ${name}`, async ({ page }) => {
    await openData(page);
    await inFiles(page).setInputFiles(chosen(name, content));
    await expect(page.getByTestId('weights:own')).toContainText(`Ready: ${name}`);
    await expect(page.getByTestId('about-weights:own')).toContainText(
      `${architecture}, 32-bit float: 53 layers with weights, 2 classes, made for images of `,
    );
  });
}

test('the second file of an .onnx is asked for and chosen later', async ({ page }) => {
  const [onnx, data] = twoFiles(seededFloatModel(graph), 'net.onnx.data');
  await openData(page);
  await inFiles(page).setInputFiles(chosen('net.onnx', onnx));
  await expect(ask(page)).toContainText('they lie in net.onnx.data');
  await inFiles(page).setInputFiles(chosen('net.onnx.data', data));
  await expect(page.getByTestId('weights:own')).toContainText('Ready: net.onnx');
  await expect(ask(page)).toHaveCount(0);
});

test('a network that names no classes is looked at before it is measured', async ({ page }, testInfo) => {
  await page.goto('./#screen=data&backend=wasm&images=20&hide=guess');
  await inFolder(page).setInputFiles(
    folder(testInfo.outputPath('pets'), { ...pictures('cat', 15), ...pictures('dog', 15) }),
  );
  await expect(set(page, 'pets')).toHaveAttribute('data-state', 'ready');
  await inFiles(page).setInputFiles(chosen('theirs.safetensors', bare));
  await expect(page.getByTestId('weights:own')).toHaveAttribute('data-state', 'ready');
  await page.getByRole('combobox', { name: 'Images', exact: true }).selectOption('pets');
  await page.getByRole('combobox', { name: 'Network', exact: true }).selectOption('own');
  const order = page.getByTestId('class-order');
  await expect(order).toContainText('its 2 outputs were taken for cat, dog, in this order');
  await expect(page.getByTestId('said')).toContainText('theirs.safetensors does not say how its pixels are scaled');
  await expect(order.getByTestId('first-answers').locator('figure')).toHaveCount(6);
  await expect(order.getByTestId('order-agrees')).toContainText(/\d of 6 answers/);
  await expect(page.getByTestId('readout-top1')).toHaveText('…');
  await page.evaluate(() => void (location.hash = location.hash.replace('screen=data', 'screen=bill')));
  await expect(order, 'on every screen').toBeVisible();
  await order.getByRole('button', { name: 'The order is right: measure' }).click();
  await expect(order).toHaveCount(0);
  await expect(page.getByTestId('readout-top1')).toContainText('%');
});

const REFUSED: readonly [name: string, content: Uint8Array, sentence: string][] = [
  [
    'weights.pth',
    Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
    'weights.pth is a PyTorch file: save its weights as .safetensors',
  ],
  [
    'net.h5',
    Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
    'net.h5 is a Keras or TensorFlow file: export it as .onnx',
  ],
  ['cat.bmp', picture(), 'cat.bmp is one picture'],
  [
    'bag.rar',
    new TextEncoder().encode('Rar!\x1a\x07\x01\x00'),
    'bag.rar is an archive in RAR, which is not unpacked here. Unpack it and drop the folder.',
  ],
  ['net.onnx.data', new Uint8Array(99), 'net.onnx.data is the second file of an ONNX export'],
];

test('what cannot be read is refused by what it is, with what to do', async ({ page }) => {
  await openData(page);
  const alert = page.locator('.datasets').getByRole('alert');
  for (const [name, content, sentence] of REFUSED) {
    await inFiles(page).setInputFiles(chosen(name, content));
    await expect(alert).toContainText(sentence);
  }
});
