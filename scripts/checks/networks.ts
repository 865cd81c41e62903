/**
 * Every tensor of real networks on real photos, in Chromium, on each kernel that is exact for a layer and in two threads, against
 * the plain interpreter: `npx tsx scripts/checks/networks.ts --assets DIR [--models resnet20,resnet18,resnet50] [--side 224]
 * [--bits 8,7,6,5,4,3,2] [--presets modern,2021] [--images 1]`. DIR holds the weights and imagenette2-224-part.tgz; ResNet-20 gets the same
 * photos at 32 x 32. One line a network; the exit code is 1 if a tensor differs. All of it takes about an hour.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, preview, type Plugin } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium.ts';
import { PROJECT } from '../../src/lab/hosts/node.ts';
import { PRESET_NAMES } from '../../src/quant/schemes.ts';
import { BITS, type Bits } from '../../src/quant/types.ts';
import { firstPhotos } from './networks/photos.ts';
import type { Answer, Question } from './networks/worker.ts';

const FILES = {
  resnet20: 'resnet20-cifar10-reference.safetensors',
  resnet18: 'resnet18-imagenet-partial.safetensors',
  resnet50: 'resnet50-imagenet.safetensors',
} as const;

const { values } = parseArgs({
  options: {
    assets: { type: 'string' },
    models: { type: 'string', default: Object.keys(FILES).join() },
    side: { type: 'string', default: '224' },
    bits: { type: 'string', default: BITS.toReversed().join() },
    presets: { type: 'string', default: PRESET_NAMES.join() },
    images: { type: 'string', default: '1' },
  },
});
const { assets } = values;
if (!assets) throw new Error('--assets DIR: the folder of the weights and of imagenette2-224-part.tgz.');
const models = values.models.split(',').map((name) => {
  if (!(name in FILES)) throw new Error(`--models ${name}: it must be among ${Object.keys(FILES).join(', ')}.`);
  return name as keyof typeof FILES;
});
const presets = values.presets.split(',').map((name) => {
  const preset = PRESET_NAMES.find((each) => each === name);
  if (!preset) throw new Error(`--presets ${name}: it must be among ${PRESET_NAMES.join(', ')}.`);
  return preset;
});
const bits = values.bits.split(',').map((text) => {
  if (!BITS.some((each) => String(each) === text)) throw new Error(`--bits ${text}: it must be from 2 to 8.`);
  return Number(text) as Bits;
});
const [side, images] = [Number(values.side), Number(values.images)];

/** The weights, under the page's own origin. */
const serveWeights: Plugin = {
  name: 'serve-weights',
  configurePreviewServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      const file = Object.values(FILES).find((each) => request.url === `/weights/${each}`);
      if (!file) return next();
      void readFile(`${assets}/${file}`).then((bytes) => response.end(bytes), next);
    });
  },
};

const outDir = `${PROJECT}/.cache/check-networks`;
const input = `${PROJECT}/scripts/checks/networks/index.html`;
await build({
  root: PROJECT,
  logLevel: 'warn',
  build: { outDir, emptyOutDir: true, rolldownOptions: { input } },
});
const server = await preview({ root: PROJECT, build: { outDir }, preview: { port: 0 }, plugins: [serveWeights] });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
let failed = false;
try {
  const base = server.resolvedUrls?.local[0] ?? '';
  for (const model of models) {
    const own = model === 'resnet20' ? 32 : side;
    const pixels = [...(await firstPhotos(`${assets}/imagenette2-224-part.tgz`, images, own))];
    for (const preset of presets) {
      for (const width of bits) {
        const page = await browser.newPage();
        page.setDefaultTimeout(0);
        await page.goto(`${base}scripts/checks/networks/index.html`);
        const answer = await page.evaluate(
          (question) => (globalThis as unknown as { check: (one: Question) => Promise<Answer> }).check(question),
          {
            url: `${base}weights/${FILES[model]}`,
            file: FILES[model],
            side: own,
            pixels,
            count: images,
            preset,
            bits: width,
          },
        );
        await page.close();
        const what = `${model} at ${own}, ${preset}, ${width} bits`;
        if ('problem' in answer) throw new Error(`${what}: ${answer.problem}`);
        failed ||= answer.wrong.length > 0;
        console.log(
          `${what}: ${answer.tensors} tensors of ${images} ${images === 1 ? 'photo' : 'photos'}, ${answer.wrong.length} differ${answer.wrong.length > 0 ? `: ${answer.wrong.join('; ')}` : ''} (${answer.kernels.join(', ')})`,
        );
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}
process.exit(failed ? 1 : 0);
