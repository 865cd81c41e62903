/**
 * `npx tsx scripts/checks/liveTraining.ts [--bits 3] [--seconds 120] [--images 1000] [--changes '{"epochs":2}']`: the page's
 * live training in Node on two threads, as far as it comes in these seconds: what it wins on the test images, and when.
 */
import { parseArgs } from 'node:util';
import { liveQatSettings, ptqSettings } from '../../src/contract/settings.ts';
import { trainingImages } from '../../src/data/trainingImages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import type { QatSettings } from '../../src/quant/training/types.ts';
import type { Bits } from '../../src/quant/types.ts';

const { values } = parseArgs({
  options: {
    bits: { type: 'string', default: '3' },
    preset: { type: 'string', default: 'modern' },
    seconds: { type: 'string', default: '120' },
    images: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '{}' },
  },
});

const resources = nodeResources();
const stages = await openStages({ ...resources, platform: { ...resources.platform, cores: 2 } }, 'wasm');
const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: Number(values.images), seed: 1 };
const preset = values.preset === '2021' ? '2021' : 'modern';
const start = ptqSettings(workload, preset, Number(values.bits) as Bits);
const { dataset } = await stages.subject(start);
const settings = liveQatSettings(
  start,
  { trainImages: trainingImages(dataset).count, streamed: false },
  JSON.parse(values.changes) as Partial<QatSettings>,
);
const rounded = await stages.evaluate(start);
console.log(`${values.bits} bits, ${preset}: rounded ${(100 * rounded.top1).toFixed(1)}%`);

const stop = new AbortController();
const begun = performance.now();
const elapsed = (): number => (performance.now() - begun) / 1000;
await stages.trainer
  .train(
    { settings, steps: null, watch: null },
    {
      signal: stop.signal,
      report: ({ training, total }) => {
        for (const { step, top1, loss } of training?.validations ?? [])
          console.log(
            `${elapsed().toFixed(0)} s, step ${step} of ${total}: kept apart ${(100 * top1).toFixed(1)}%, loss ${loss.toFixed(3)}`,
          );
        if (elapsed() > Number(values.seconds)) stop.abort();
      },
    },
  )
  .catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
const { step, steps } = await stages.trainer.endTraining({ settings, keep: true });
const trained = await stages.evaluate(settings);
console.log(
  `after ${step} of ${steps} steps, ${elapsed().toFixed(0)} s: trained ${(100 * trained.top1).toFixed(1)}%, ${(100 * (trained.top1 - rounded.top1)).toFixed(1)} points more`,
);
process.exit(0);
