import { describe, expect, test, vi } from 'vitest';
import type { CallOptions, Lab } from '../../lab/rpc/client.ts';
import { liveQatSettings, ptqSettings } from '../../contract/settings.ts';
import { freshTraining } from '../testing/freshTraining.ts';
import { createTrainingStore } from './trainingStore.ts';
import type { RunResult } from '../../contract/run.ts';
import type { TrainingReport } from '../../contract/trainingReport.ts';

const settings = liveQatSettings(
  ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 }, 'modern', 4),
  { trainImages: 2000, streamed: false },
);
const fresh = freshTraining(settings);
const report = (step: number, more: Partial<TrainingReport> = {}): TrainingReport => ({
  step,
  epoch: Math.floor((step - 1) / 2),
  loss: 1 / step,
  accuracy: step / 10,
  rate: 0.01,
  ...more,
});

/** Each call waits until the test answers it. */
function open() {
  const asked: {
    kind: string;
    args: unknown;
    options: CallOptions;
    answer: (result: unknown) => void;
    fail: (error: Error) => void;
  }[] = [];
  const call = (kind: string, args: unknown, options: CallOptions = {}) =>
    new Promise((answer, fail) => {
      options.signal?.addEventListener('abort', () => fail(new DOMException('cancelled', 'AbortError')));
      asked.push({ kind, args, options, answer, fail });
    });
  const events = { onEpoch: vi.fn(), onTested: vi.fn(), onReopened: vi.fn() };
  const store = createTrainingStore({
    lab: { call, close: vi.fn() } as unknown as Lab,
    settings,
    backend: 'auto',
    layer: 'conv1',
    ...events,
  });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  return { asked, store, settle, ...events };
}

async function ready() {
  const opened = open();
  opened.store.look();
  opened.asked[0].answer(fresh);
  await opened.settle();
  return opened;
}

test('streamed photos are all trained on: none can be kept apart', () => {
  const { training } = liveQatSettings(settings, { trainImages: 9000, streamed: true });
  expect(training).toMatchObject({ trainImages: 640, validationImages: 0 });
  expect(settings.training).toMatchObject({ trainImages: 640, validationImages: 200 });
});

describe('a live training on the page', () => {
  test('looks first, then shows each step as it comes, and says when an epoch is done', async () => {
    const { store, asked, settle, onEpoch } = await ready();
    expect(store.getState()).toMatchObject({ status: 'ready', run: { step: 0 } });
    store.train(null);
    expect(asked[1]).toMatchObject({ kind: 'train', args: { settings, steps: null, watch: 'conv1' } });
    const progress = (training: TrainingReport): void =>
      asked[1].options.onProgress?.({ stage: 'Training', done: training.step, total: 8, unit: 'steps', training });
    progress(report(1, { validations: [{ step: 0, top1: 0.5, loss: 2 }] }));
    progress(report(2, { validations: [{ step: 2, top1: 0.75, loss: 1 }] }));
    progress(report(2));
    expect(store.getState()).toMatchObject({
      status: 'running',
      rate: 0.01,
      run: { step: 2, best: { step: 2, top1: 0.75 } },
    });
    expect(store.getState().run?.losses).toEqual(Float32Array.of(1, 0.5));
    expect(onEpoch).toHaveBeenCalledOnce();
    store.pause();
    await settle();
    expect(asked[2].kind, 'what the worker kept is asked for').toBe('trainingState');
    asked[2].answer({ ...fresh, step: 2, savedStep: 2 });
    await settle();
    expect(store.getState()).toMatchObject({ status: 'ready', failure: null, run: { step: 2, savedStep: 2 } });
  });

  test('a finished run is measured on the test images', async () => {
    const { store, asked, settle, onTested } = await ready();
    store.train(1);
    const result = { top1: 0.9 } as RunResult;
    asked[1].answer({ ...fresh, step: 8, finished: true });
    await settle();
    expect(asked[2]).toMatchObject({ kind: 'evaluate', args: settings });
    asked[2].answer(result);
    await settle();
    expect(onTested).toHaveBeenCalledWith(result);
  });

  test('an error is shown, with the state that is left; one thing at a time', async () => {
    const { store, asked, settle } = await ready();
    store.train(null);
    store.train(null);
    store.end(false);
    expect(asked).toHaveLength(2);
    asked[1].fail(new Error('Training diverged.'));
    await settle();
    asked[2].answer(fresh);
    await settle();
    expect(store.getState()).toMatchObject({ status: 'ready', failure: 'Training diverged.' });
    store.end(false);
    expect(asked[3]).toMatchObject({ kind: 'endTraining', args: { settings, keep: false } });
  });

  test('another layer begins a new trail', async () => {
    const { store, asked } = await ready();
    store.watch('fc');
    expect(asked[1]).toMatchObject({ kind: 'watchLayer', args: { layer: 'fc' } });
    expect(store.getState().trail).toBeNull();
  });
});
