import { beforeAll, describe, expect, test } from 'vitest';
import { resnet18, resnet20, resnet50 } from '../../graph/networks/resnet.ts';
import { breathe } from '../../base/breathe.ts';
import { openStages, type Stages } from './stages.ts';
import { evaluationBatch } from '../engines/evaluationBatch.ts';
import { nodeResources } from '../hosts/node.ts';
import { preview } from './preview.ts';
import { float32Settings, PREVIEW_IMAGES, ptqSettings } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Progress } from '../../contract/progress.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: PREVIEW_IMAGES, seed: 1 };
const settings: RunSettings = { ...ptqSettings(workload, 'modern', 3), calibrationImages: 128 };

describe('a preview, and what a move of the slider cancels for it', () => {
  let stages: Stages;
  beforeAll(async () => {
    stages = await openStages(nodeResources(), 'wasm');
  }, 120_000);

  test('a calibration that was cancelled goes on from its images, and comes to the same', async () => {
    const abort = new AbortController();
    const cancelled = stages.calibrated(settings, { signal: abort.signal, report: () => abort.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    const seen: Progress[] = [];
    const resumed = await stages.calibrated(settings, { report: (progress) => seen.push(progress) });
    expect(
      seen.map(({ done }) => done),
      'the first 64 images are not run again',
    ).toEqual([128]);
    stages.forget();
    expect(resumed).toEqual(await stages.calibrated(settings));
  });

  test('measures what an evaluation measures on the same images', async () => {
    const found = await preview(stages, settings);
    const { top1, predictions, confidences } = await stages.evaluate(settings);
    expect(found).toMatchObject({ settings, top1, predictions, confidences });
    const float32 = float32Settings(workload);
    expect((await preview(stages, float32)).top1).toBe((await stages.evaluate(float32)).top1);
  });

  test('a cancelled evaluation runs no batch more', async () => {
    // Answers that are known from before would not be run.
    stages.forget();
    await stages.calibrated(settings);
    const abort = new AbortController();
    const seen: number[] = [];
    const report = ({ done }: Progress): void => {
      seen.push(done);
      abort.abort();
    };
    await expect(stages.evaluate({ ...settings, images: 400 }, { signal: abort.signal, report })).rejects.toMatchObject(
      { name: 'AbortError' },
    );
    expect(seen).toEqual([evaluationBatch('wasm', resnet20(), 400)]);
  });

  test('asked again it goes on where it was, and comes to the same', async () => {
    const seen: number[] = [];
    const report = ({ stage, done }: Progress): void => void (stage === 'Classifying' && seen.push(done));
    const { top1 } = await stages.evaluate({ ...settings, images: 70 }, { report });
    expect(seen.at(0), 'after the batch that the cancelled one has run').toBeGreaterThan(31);
    expect(seen.at(-1)).toBe(70);
    expect(top1).toBe((await preview(stages, { ...settings, images: 70 })).top1);
  });

  test('a calibration lets others go first, and shares what it has with them', async () => {
    stages.forget();
    const calibrating: number[] = [];
    const other = async (): Promise<void> => void (await stages.calibrated(settings));
    let asked = false;
    const standAside = (): Promise<void> | null => {
      if (asked) return null;
      asked = true;
      return other();
    };
    const report = ({ done }: Progress): void => void calibrating.push(done);
    const made = await stages.calibrated(settings, { report, standAside });
    expect(calibrating, 'the other one has run the rest').toEqual([64]);
    expect(made).toBe(await stages.calibrated(settings));
  });

  test('one that the slider has passed stops on its way', async () => {
    const abort = new AbortController();
    const running = preview(stages, settings, { signal: abort.signal });
    await breathe();
    abort.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the images of a batch', () => {
  test('are so few that a processor soon hears of a cancel, and share out what there is', () => {
    expect(evaluationBatch('wasm', resnet20(), 400)).toBe(31);
    expect(evaluationBatch('wasm', resnet20(), PREVIEW_IMAGES)).toBe(32);
    expect(evaluationBatch('wasm', resnet20(), 1)).toBe(1);
  });

  test('are never so few that the batches cost more than the images', () => {
    expect(evaluationBatch('wasm', resnet18(), 400)).toBe(4);
    expect(evaluationBatch('wasm', resnet50(), 3)).toBe(3);
  });

  test('are as many as ever on a GPU', () => expect(evaluationBatch('webgpu', resnet50(), 400)).toBe(50));
});
