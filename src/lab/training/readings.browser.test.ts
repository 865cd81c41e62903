/** How often a training on a GPU reads back, in a real browser: once in eight steps, and where it is paused or ends. */
import { afterEach, expect, test, vi } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { openBackend } from '../../tensor/backend.ts';
import { NORMALIZATION } from '../../tensor/testing/colours.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { FINETUNE } from '../../tensor/train/finetune.ts';
import { browserPlatform } from '../../tensor/wasm/browser.ts';
import { dataset, memoryCheckpoints, preparedFrom, settingsWith } from './testing/tinyTraining.ts';
import { finetuned } from './finetune.ts';
import { createTrainer } from './trainer.ts';

afterEach(() => vi.restoreAllMocks());

test('16 steps are read twice; a pause in between is a reading of its own, and the run goes on as if there were none', async () => {
  await openBackend('webgpu', browserPlatform);
  const prepared = await preparedFrom({
    graph: twoBlocks,
    weights: initialWeights(twoBlocks, 2),
    normalization: NORMALIZATION,
    classes: dataset.train.classes,
  });
  // One epoch of 30 steps; a clock that stands, for a software adapter's steps are as long as a reading may be put off.
  const settings = settingsWith({ validationImages: 0, batchSize: 2, epochs: 1, distillation: 0 });
  vi.spyOn(performance, 'now').mockReturnValue(1000);
  const readings = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
  const trainerOf = (store = memoryCheckpoints()) =>
    createTrainer(
      async () => store,
      async () => prepared,
    );

  const whole = trainerOf();
  const told: (readonly [step: number, readings: number])[] = [];
  const report = ({ training }: { readonly training?: { readonly step: number } }): void => {
    if (training) told.push([training.step, readings.mock.calls.length]);
  };
  readings.mockClear();
  const { losses, step } = await whole.train({ settings, steps: 16, watch: null }, { report });
  expect([step, losses.length]).toEqual([16, 16]);
  expect(told).toEqual([
    [8, 1],
    [16, 2],
  ]);

  const paused = trainerOf();
  const first = await paused.train({ settings, steps: 3, watch: null });
  expect([first.step, first.savedStep, first.losses.length]).toEqual([3, 3, 3]);
  const after = await paused.train({ settings, steps: 13, watch: null });
  expect(after.losses).toHaveLength(16);
  // The means are over other steps up to the eighth; from there on all is the same.
  const sum = (values: Float32Array): number => values.slice(0, 8).reduce((a, b) => a + b, 0);
  expect(sum(after.losses)).toBeCloseTo(sum(losses), 3);
  after.losses.slice(8).forEach((loss, i) => expect(loss).toBeCloseTo(losses[8 + i], 4));
});

test('fine-tuning reads once in eight steps as well, and at the end', async () => {
  await openBackend('webgpu', browserPlatform);
  const pretrained = {
    graph: twoBlocks,
    weights: initialWeights(twoBlocks, 2),
    normalization: NORMALIZATION,
    classes: dataset.train.classes,
  };
  vi.spyOn(performance, 'now').mockReturnValue(1000);
  const told: number[] = [];
  // 20 steps.
  await finetuned(
    pretrained,
    dataset,
    { ...FINETUNE, trainImages: 80, batchSize: 4, epochs: 1, augment: false },
    { report: ({ done }) => told.push(done) },
  );
  expect(told).toEqual([8, 16, 20]);
});
