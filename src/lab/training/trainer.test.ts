import { beforeAll, describe, expect, test } from 'vitest';
import type { FloatModel } from '../../graph/types.ts';
import { openBackend } from '../../tensor/backend.ts';
import { top1 } from '../../base/answers.ts';
import { predict } from '../../data/predict.ts';
import { networkOf } from '../../tensor/network.ts';
import { toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import { qatValidationSet } from '../../tensor/qat/qat.ts';
import { recipeFor } from '../../quant/training/recipe.ts';
import { liveTensors } from '../../tensor/testing/memory.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import type { CheckpointStore } from '../resources.ts';
import { float32Settings } from '../../contract/settings.ts';
import { dataset, learnedColours, memoryCheckpoints, preparedFrom, settingsWith } from './testing/tinyTraining.ts';
import { createTrainer, type Trainer } from './trainer.ts';
import type { Progress } from '../../contract/progress.ts';
import type { TrainingReport } from '../../contract/trainingReport.ts';

const settings = settingsWith();
const ALL = { settings, steps: null, watch: null };

describe('a training that is watched, on WASM', () => {
  let float: FloatModel;
  const trainerOn = (store: CheckpointStore | null): Trainer =>
    createTrainer(
      async () => store,
      () => preparedFrom(float),
    );

  beforeAll(async () => {
    await openBackend('wasm', { ...nodePlatform, cores: 1 });
    float = await learnedColours();
  }, 60_000);

  /** Pauses by aborting as soon as `until` steps have been reported. */
  function pausing(until: number): { signal: AbortSignal; report: (progress: Progress) => void } {
    const controller = new AbortController();
    return { signal: controller.signal, report: ({ done }) => void (done === until && controller.abort()) };
  }

  test('paused, and gone on with by another worker, it is the uninterrupted run: every loss, every weight', async () => {
    const uncut = trainerOn(memoryCheckpoints());
    const whole = await uncut.train(ALL);
    expect(whole).toMatchObject({
      step: 24,
      steps: 24,
      stepsPerEpoch: 6,
      finished: true,
      savedStep: 24,
      problem: null,
    });

    const store = memoryCheckpoints();
    const first = trainerOn(store);
    await expect(first.train(ALL, pausing(8))).rejects.toThrow(/abort/i);
    expect(await first.trainingState(settings)).toMatchObject({ step: 8, finished: false, savedStep: 8 });
    expect((await first.train({ ...ALL, steps: 1 })).step).toBe(9);

    const second = trainerOn(store);
    const found = await second.trainingState(settings);
    expect(found).toMatchObject({ step: 9, savedStep: 9 });
    expect(found.losses).toEqual(whole.losses.slice(0, 9));
    expect(await second.train(ALL)).toEqual(whole);
    expect(await second.trained(settings)).toEqual(await uncut.trained(settings));

    const third = trainerOn(store);
    expect(await third.trainingState(settings), 'an ended run is there after a reload').toEqual(whole);
    expect(await third.trained(settings)).toEqual(await uncut.trained(settings));
  });

  test('previews that run between its steps change nothing of it', async () => {
    const whole = await trainerOn(null).train({ ...ALL, steps: 8 });
    const other = toFakeQuantizedModel((await preparedFrom(float)).start);
    const looks: Promise<unknown>[] = [];
    const report = (): void =>
      void looks.push(predict(networkOf(other), dataset.test, float.normalization, { batchSize: 16 }));
    expect(await trainerOn(null).train({ ...ALL, steps: 8 }, { report })).toEqual(whole);
    const answers = await Promise.all(looks);
    expect(answers).toHaveLength(8);
    expect(answers).toEqual(answers.map(() => answers[0]));
    other.dispose();
  });

  test('another training that goes first between two of its steps changes nothing of it', async () => {
    const whole = await trainerOn(memoryCheckpoints()).train({ ...ALL, steps: 8 });
    const trainer = trainerOn(memoryCheckpoints());
    const other = settingsWith({ peakRate: 0.01 });
    let turns = 0;
    const standAside = (): Promise<void> | null =>
      turns++ === 3 ? trainer.train({ settings: other, steps: 2, watch: null }).then(() => undefined) : null;
    expect(await trainer.train({ ...ALL, steps: 8 }, { standAside })).toEqual(whole);
    expect(turns).toBe(8);
    expect((await trainer.trainingState(other)).step).toBe(2);
  });

  test('the weights of the best epoch are the result', async () => {
    const restless = settingsWith({ schedule: { kind: 'constant' }, peakRate: 0.4, freezeStatistics: 0 });
    const trainer = trainerOn(null);
    const { best, validations, savedStep } = await trainer.train({ ...ALL, settings: restless });
    expect(savedStep).toBeNull();
    expect(validations.map(({ step }) => step)).toEqual([0, 6, 12, 18, 24]);
    const highest = Math.max(...validations.map((validation) => validation.top1));
    expect(best?.top1).toBe(highest);
    expect(validations.at(-1)?.top1, 'the last epoch is not the best one, or this tests nothing').toBeLessThan(highest);
    const network = toFakeQuantizedModel(await trainer.trained(restless));
    const kept = qatValidationSet(dataset.train, restless.training ?? expect.unreachable()) ?? expect.unreachable();
    const { classes } = await predict(networkOf(network), kept, float.normalization);
    expect(Math.abs(top1(classes, kept.labels) - highest)).toBeLessThanOrEqual(1 / kept.count);
    network.dispose();
  });

  test('where no epoch is better than rounding alone, what was rounded is the result, to the last code', async () => {
    const ruinous = settingsWith({ schedule: { kind: 'constant' }, peakRate: 20, freezeStatistics: 0 });
    const trainer = trainerOn(null);
    const { best, validations, finished } = await trainer.train({ ...ALL, settings: ruinous });
    expect(finished).toBe(true);
    expect(best).toEqual(validations[0]);
    for (const { top1: reached } of validations.slice(1)) expect(reached).toBeLessThan(validations[0].top1);
    expect(await trainer.trained(ruinous)).toEqual((await preparedFrom(float)).start);
  });

  test('reports weights of the layer that is watched, as they stand on its grid', async () => {
    const trainer = trainerOn(null);
    const reports: TrainingReport[] = [];
    const report = ({ training }: Progress): void => void (training && reports.push(training));
    await trainer.train({ ...ALL, steps: 2, watch: 'conv1' }, { report });
    trainer.watchLayer({ layer: 'fc' });
    await trainer.train({ ...ALL, steps: 1, watch: 'fc' }, { report });
    expect(reports.map(({ sample }) => sample?.layer)).toEqual(['conv1', 'conv1', 'fc']);
    for (const { sample } of reports) {
      const { positions, codes, qmin, qmax } = sample ?? expect.unreachable();
      expect(positions.length).toBe(24);
      positions.forEach((position, i) =>
        expect(Math.abs(Math.min(qmax, Math.max(qmin, position)) - codes[i])).toBeLessThanOrEqual(0.5),
      );
    }
    expect(reports[0].sample?.positions).not.toEqual(reports[1].sample?.positions);
    expect(() => trainer.watchLayer({ layer: 'input' })).toThrow(/no weights to watch; the layers that have: /);
  });

  test('a loss that is no number stops it, with a hint, at the last good checkpoint', async () => {
    const wild = settingsWith({ peakRate: 1e12, distillation: 0 });
    const trainer = trainerOn(memoryCheckpoints());
    const failed = await trainer.train({ ...ALL, settings: wild }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'diverged' });
    expect(String(failed)).toMatch(
      /Training diverged.* Nothing was kept yet\. Start again with a smaller learning rate than 1000000000000: 250000000000, say\./,
    );
    expect((await trainer.trainingState(wild)).step, 'a run that begins again').toBe(0);
  });

  test.each([
    [1e9, /after step \d+ [\w.]+ is not finite\. The weights of step \d+ are kept/],
    [1e16, /after step \d+ the loss is NaN\. The weights of step \d+ are kept/],
    [1e35, /after step 1 the loss is NaN\. Nothing was kept yet/],
  ])(
    'at the rate %f the checkpoint that is left is one from which the next loss is a number',
    async (peakRate, sentence) => {
      const late = settingsWith({ distillation: 0, peakRate, seed: 2, schedule: { kind: 'constant' }, epochs: 40 });
      const store = memoryCheckpoints();
      const trainer = trainerOn(store);
      const stepByStep = async (): Promise<never> => {
        for (;;)
          if ((await trainer.train({ ...ALL, settings: late, steps: 1 })).finished)
            return expect.unreachable('it did not diverge');
      };
      const failed = await stepByStep().catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'diverged', message: expect.stringMatching(sentence) as string });
      const state = await trainer.trainingState(late);
      expect(state.step).toBe(state.savedStep);
      expect(state.losses.every(Number.isFinite)).toBe(true);
      expect(state.losses).toHaveLength(state.step);
      const again = await trainerOn(store)
        .train({ ...ALL, settings: late, steps: 1 })
        .catch((error: unknown) => error);
      expect(String(again), 'the step after it has a loss, whatever its update does').not.toMatch(/the loss of step/);
    },
  );

  test('ended by the user, it is done; forgotten, it begins again', async () => {
    const store = memoryCheckpoints();
    const trainer = trainerOn(store);
    await trainer.train({ ...ALL, steps: 7 });
    const ended = await trainer.endTraining({ settings, keep: true });
    expect(ended).toMatchObject({ step: 7, finished: true });
    expect(
      ended.validations.map(({ step }) => step),
      'what was learned since the last epoch is judged, too',
    ).toEqual([0, 6, 7]);
    expect((await trainer.train(ALL)).step, 'an ended run takes no more steps').toBe(7);
    expect((await trainer.trained(settings)).weights.size).toBeGreaterThan(0);
    expect(await trainer.endTraining({ settings, keep: false })).toMatchObject({ step: 0, finished: false });
    expect(store.files.size).toBe(0);
  });

  test('a full storage is said, and training goes on', async () => {
    const full = { ...memoryCheckpoints(), save: () => Promise.reject(new Error('The storage is full.')) };
    const state = await trainerOn(full).train({ ...ALL, steps: 8 });
    expect(state).toMatchObject({ step: 8, savedStep: 0, problem: 'The storage is full.' });
  });

  test('a run of Node leaves no checkpoint behind once it has ended', async () => {
    const store = memoryCheckpoints(false);
    const trainer = trainerOn(store);
    expect((await trainer.trained(settings)).weights.size).toBeGreaterThan(0);
    expect(store.files.size).toBe(0);
  });

  test('leaks no tensors: as many after step 5 as after step 50, with a teacher, validations, checkpoints, a watched layer', async () => {
    const long = settingsWith({ epochs: 9, distillation: 0.5 });
    const trainer = trainerOn(memoryCheckpoints());
    const counts = new Map<number, number>();
    const report = ({ done }: Progress): void => void counts.set(done, liveTensors());
    await trainer.train({ settings: long, steps: 50, watch: 'conv1' }, { report });
    expect(counts.get(50)).toBe(counts.get(5));
    const open = liveTensors();
    await trainer.endTraining({ settings: long, keep: false });
    expect(liveTensors()).toBeLessThan(open);
  });

  test.each([
    [
      'more images than there are',
      { trainImages: 81 },
      'training.trainImages is 81; it must be a whole number from 1 to 80',
    ],
    [
      'no images left to validate on',
      { trainImages: 70 },
      'training.validationImages is 20; it must be a whole number from 0 to 10',
    ],
    ['a batch of nothing', { batchSize: 0 }, 'training.batchSize is 0'],
    ['no epochs', { epochs: 0 }, 'training.epochs is 0'],
    ['a rate that is no number', { peakRate: NaN }, 'training.peakRate is NaN'],
  ])('refuses %s', async (_name, changes, sentence) => {
    await expect(trainerOn(null).train({ ...ALL, settings: settingsWith(changes) })).rejects.toThrow(sentence);
  });

  test('refuses settings that are no training', async () => {
    const workload = { model: 'resnet20', dataset: 'colours', images: 1, seed: 1 };
    await expect(trainerOn(null).trainingState(float32Settings(workload))).rejects.toThrow(/needs method qat/);
    expect(recipeFor({ network: 'small', images: 'small', bits: 4 }).validationImages).toBe(0);
  });
});
