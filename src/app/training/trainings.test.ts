import { expect, test } from 'vitest';
import { float32Settings, liveQatSettings, ptqSettings, settingsKey } from '../../contract/settings.ts';
import type { TrainingState } from '../../contract/calls/training.ts';
import type { Bits } from '../../quant/types.ts';
import { createAppStore } from '../state/appStore.ts';
import { parseLink } from '../state/link.ts';
import { createFakeLab, runOfSettings } from '../testing/fakeLab.ts';
import { freshTraining } from '../testing/freshTraining.ts';
import { createTrainings, roundedOf } from './trainings.ts';

const IMAGES = { trainImages: 2000, streamed: false };
const at = (bits: Bits) =>
  liveQatSettings(
    ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 }, 'modern', bits),
    IMAGES,
  );

const state = (bits: Bits, more: Partial<TrainingState> = {}): TrainingState => ({
  ...freshTraining(at(bits)),
  ...more,
});

function open() {
  const lab = createFakeLab();
  const app = createAppStore(lab, parseLink('').link, { first: new Map(), of: async () => null });
  const trainings = createTrainings(lab, app);
  const asked = (kind: string) => lab.asked.filter((call) => call.kind === kind);
  return { lab, app, trainings, asked };
}

test('what was started goes on while the slider and the screen change, and is found again', () => {
  const { app, trainings, asked } = open();
  const three = trainings.of(at(3), 'conv1');
  trainings.train(three, null);
  app.dispatch({ kind: 'choose', choice: { bits: 5 } });
  app.dispatch({ kind: 'rest' });
  app.dispatch({ kind: 'follow', link: parseLink('#screen=snap&bits=5').link });
  expect(three.store.getState().status).toBe('running');
  expect(asked('train')).toHaveLength(1);
  expect(trainings.getState().started).toBe(three);
  expect(trainings.of(at(3), 'fc')).toBe(three);
});

test('another that is started, or asked for, pauses it', () => {
  const { trainings, asked } = open();
  const [three, four] = [trainings.of(at(3), 'conv1'), trainings.of(at(4), 'conv1')];
  trainings.train(three, null);
  trainings.train(four, null);
  expect(three.store.getState().status).toBe('pausing');
  expect(asked('train')).toHaveLength(2);
  trainings.leave();
  expect(four.store.getState().status).toBe('pausing');
  expect(trainings.getState().started).toBeNull();
});

test('once trained, it is measured beside what it started from and beside 32 bits, whatever the slider says', async () => {
  const { app, trainings, asked } = open();
  const settings = at(3);
  app.dispatch({ kind: 'run', result: runOfSettings(float32Settings(settings), 5) });
  trainings.train(trainings.of(settings, 'conv1'), null);
  await asked('train')[0].answer(state(3, { step: 8, finished: true }));
  await expect.poll(() => asked('evaluate').some(({ args }) => args === settings)).toBe(true);
  await asked('evaluate')
    .find(({ args }) => args === settings)
    ?.answer(runOfSettings(settings, 8));
  const rounded = roundedOf(settings);
  expect(settingsKey(rounded)).toBe(settingsKey(ptqSettings(settings, 'modern', 3)));
  await expect
    .poll(() => asked('evaluate').some(({ args }) => settingsKey(args as never) === settingsKey(rounded)))
    .toBe(true);
});
