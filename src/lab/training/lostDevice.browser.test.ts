/** A GPU that goes away in the middle of a training, in a real browser. */
import { expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { openBackend } from '../../tensor/backend.ts';
import { NORMALIZATION } from '../../tensor/testing/colours.ts';
import { loseDevice } from '../../tensor/testing/memory.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { browserPlatform } from '../../tensor/wasm/browser.ts';
import { unlessLost } from '../failure.ts';
import { dataset, memoryCheckpoints, preparedFrom, settingsWith } from './testing/tinyTraining.ts';
import { createTrainer } from './trainer.ts';

test('is said, and the training goes on from its checkpoint on WASM', async () => {
  await openBackend('wasm', browserPlatform);
  const prepared = await preparedFrom({
    graph: twoBlocks,
    weights: initialWeights(twoBlocks, 2),
    normalization: NORMALIZATION,
    classes: dataset.train.classes,
  });
  const store = memoryCheckpoints();
  const trainer = () =>
    createTrainer(
      async () => store,
      async () => prepared,
    );
  const settings = settingsWith({ validationImages: 0 });

  const { lost, name } = await openBackend('webgpu', browserPlatform);
  expect(name).toBe('webgpu');
  const before = trainer();
  expect(await unlessLost(lost, before.train({ settings, steps: 2, watch: null }))).toMatchObject({
    step: 2,
    savedStep: 2,
  });
  const going = unlessLost(lost, before.train({ settings, steps: null, watch: null }));
  loseDevice();
  await expect(going).rejects.toMatchObject({
    code: 'deviceLost',
    message: expect.stringMatching(/^The GPU was lost/) as string,
  });

  await openBackend('wasm', browserPlatform);
  const after = trainer();
  expect((await after.trainingState(settings)).step).toBe(2);
  const { step, losses } = await after.train({ settings, steps: 2, watch: null });
  expect(step).toBe(4);
  expect(losses).toHaveLength(4);
  expect(losses.every(Number.isFinite)).toBe(true);
});
