import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RECORDED } from '../recorded/recorded.ts';
import { settingsKey } from '../../contract/settings.ts';
import { nextJob } from './nextJob.ts';
import { parseLink } from './link.ts';
import { createAppStore, REST_MS, type AppStore } from './appStore.ts';
import {
  createFakeLab,
  openedWith,
  previewOfSettings,
  scoreOfSettings,
  runOfSettings,
  stripOf,
  type Asked,
} from '../testing/fakeLab.ts';
import type { RunSettings } from '../../contract/run.ts';
import { describeJob } from '../text/jobs.ts';
import { previewOf, previewSettingsOf, shownRun } from './selectors.ts';

type FakeLab = ReturnType<typeof createFakeLab>;

const bitsOf = ({ args }: Asked): number | null => (args as RunSettings).scheme?.weightBits ?? null;
const asked = ({ asked: calls }: FakeLab): readonly string[] =>
  calls.map((call) =>
    call.kind === 'evaluate' || call.kind === 'preview' || call.kind === 'score'
      ? `${call.kind} ${bitsOf(call) ?? 32}`
      : call.kind,
  );

function last({ asked: calls }: FakeLab): Asked {
  const call = calls.at(-1);
  if (!call) throw new Error('nothing was asked of the lab');
  return call;
}

/** Answers the lab's last call as a real one would. */
async function answer(lab: FakeLab): Promise<void> {
  const call = last(lab);
  const settings = call.args as RunSettings;
  if (call.kind === 'open') return call.answer(openedWith(100));
  if (call.kind === 'images') return call.answer(stripOf(100));
  if (call.kind === 'preview') return call.answer(previewOfSettings(settings, bitsOf(call) ?? 5));
  if (call.kind === 'score') return call.answer(scoreOfSettings(settings, 2));
  return call.answer(runOfSettings(settings, bitsOf(call) ?? 5));
}

async function answerUntil(lab: FakeLab, what: string): Promise<void> {
  for (let i = 0; i < 40 && asked(lab).at(-1) !== what; i++) await answer(lab);
  expect(asked(lab).at(-1)).toBe(what);
}

function open(query = ''): { readonly lab: FakeLab; readonly store: AppStore } {
  const lab = createFakeLab();
  return { lab, store: createAppStore(lab, parseLink(query).link, RECORDED) };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('a store', () => {
  test('opens, shows images, then measures float32 and the chosen bitwidth, accuracy first', async () => {
    const { lab, store } = open('#bits=4&backend=wasm');
    expect(lab.asked[0]?.args).toEqual({ backend: 'wasm', model: 'resnet20', dataset: 'cifar10-sample' });
    await answerUntil(lab, 'score 4');
    await answer(lab);
    expect(asked(lab)).toEqual(['open', 'images', 'evaluate 32', 'preview 4', 'evaluate 4', 'score 32', 'score 4']);
    expect(nextJob(store.getState())).toBeNull();
  });

  test('asks for no more images than there are', async () => {
    const { lab } = open('#images=5000');
    await answerUntil(lab, 'evaluate 32');
    expect((last(lab).args as RunSettings).images).toBe(100);
  });

  test('other widths are previewed before anything is timed, the nearest first; a move there is answered at once', async () => {
    const { lab, store } = open('#bits=7');
    await answerUntil(lab, 'preview 7');
    await last(lab).answer(previewOfSettings(last(lab).args as RunSettings, 5, 0.05));
    await answerUntil(lab, 'evaluate 7');
    await answerUntil(lab, 'score 32');
    expect(asked(lab).slice(asked(lab).indexOf('evaluate 7'))).toEqual([
      'evaluate 7',
      ...[8, 6, 5, 4, 3, 2].map((bits) => `preview ${bits}`),
      'score 32',
    ]);
    const before = lab.asked.length;
    store.dispatch({ kind: 'choose', choice: { bits: 6 } });
    expect(previewOf(store.getState(), previewSettingsOf(store.getState(), store.getState().choice))?.top1).toBe(
      58 / 64,
    );
    expect(lab.asked).toHaveLength(before);
  });

  test('a machine that is slow at them previews fewer ahead', async () => {
    const { lab } = open('#bits=4');
    await answerUntil(lab, 'preview 4');
    await last(lab).answer(previewOfSettings(last(lab).args as RunSettings, 5, 0.6));
    await answerUntil(lab, 'score 32');
    expect(asked(lab).filter((what) => what.startsWith('preview'))).toEqual(['preview 4', 'preview 5', 'preview 3']);
  });

  test('a first preview that opens and warms everything does not speak for the others', async () => {
    const { lab } = open('#bits=4');
    await answerUntil(lab, 'preview 4');
    await last(lab).answer(previewOfSettings(last(lab).args as RunSettings, 5, 1.6));
    await answerUntil(lab, 'preview 5');
    await last(lab).answer(previewOfSettings(last(lab).args as RunSettings, 5, 0.1));
    await answerUntil(lab, 'score 32');
    expect(asked(lab).filter((what) => what.startsWith('preview'))).toHaveLength(7);
  });

  test('a move to the width that is just previewed ahead lets it go on', async () => {
    const { lab, store } = open('#bits=8');
    await answerUntil(lab, 'preview 8');
    await last(lab).answer(previewOfSettings(last(lab).args as RunSettings, 5, 0.05));
    await answerUntil(lab, 'preview 7');
    store.dispatch({ kind: 'choose', choice: { bits: 7 } });
    expect([asked(lab).at(-1), last(lab).options.signal?.aborted]).toEqual(['preview 7', false]);
    const ahead = last(lab);
    store.dispatch({ kind: 'choose', choice: { bits: 2 } });
    expect([asked(lab).at(-1), ahead.options.signal?.aborted]).toEqual(['preview 2', true]);
  });

  test('measures where the control rests, not where it passes', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'score 8');
    await answer(lab);
    for (const bits of [7, 6, 5] as const) {
      store.dispatch({ kind: 'choose', choice: { bits } });
      await answerUntil(lab, `preview ${bits}`);
      await answer(lab);
      vi.advanceTimersByTime(REST_MS - 1);
    }
    expect(asked(lab).at(-1)).toBe('preview 5');
    vi.advanceTimersByTime(1);
    expect(asked(lab).at(-1)).toBe('evaluate 5');
    expect(asked(lab).filter((what) => what.startsWith('evaluate'))).toEqual([
      'evaluate 32',
      'evaluate 8',
      'evaluate 5',
    ]);
  });

  test('cancels what is stale, and never shows a number under settings that did not make it', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'evaluate 8');
    const stale = last(lab);
    store.dispatch({ kind: 'guess', guess: { kind: 'passed' } });
    store.dispatch({ kind: 'choose', choice: { bits: 3 } });
    expect(stale.options.signal?.aborted, 'the first move cancels, it does not wait for the rest').toBe(true);
    await stale.answer(runOfSettings(stale.args as RunSettings, 1));
    expect(asked(lab).at(-1)).toBe('preview 3');
    vi.advanceTimersByTime(REST_MS);
    await answer(lab);
    expect(asked(lab).at(-1)).toBe('evaluate 3');
    expect(shownRun(store.getState())).toBeUndefined();
    await answer(lab);
    expect(shownRun(store.getState())?.settings.scheme?.weightBits).toBe(3);
    store.dispatch({ kind: 'choose', choice: { bits: 2 } });
    expect(shownRun(store.getState())?.settings.scheme?.weightBits).toBe(3);
  });

  test('a preview is never shown as a run, and a position that is passed by is not previewed to its end', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'score 8');
    await answer(lab);
    store.dispatch({ kind: 'choose', choice: { bits: 7 } });
    const passed = last(lab);
    store.dispatch({ kind: 'choose', choice: { bits: 5 } });
    expect(passed.options.signal?.aborted).toBe(true);
    await passed.fail('aborted');
    expect(asked(lab).at(-1)).toBe('preview 5');
    expect((last(lab).args as RunSettings).images).toBe(64);
    await answer(lab);
    expect([...store.getState().previews.values()].map(({ settings }) => settings.scheme?.weightBits)).toEqual([8, 5]);
    expect(shownRun(store.getState())?.settings.scheme?.weightBits).toBe(8);
  });

  test('what is to be guessed is measured but not shown', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'score 8');
    await answer(lab);
    store.dispatch({ kind: 'choose', choice: { bits: 4 } });
    vi.advanceTimersByTime(REST_MS);
    await answerUntil(lab, 'score 4');
    expect(shownRun(store.getState())?.settings.scheme?.weightBits).toBe(8);
    store.dispatch({ kind: 'guess', guess: { kind: 'made', share: 0.5 } });
    expect(shownRun(store.getState())?.settings.scheme?.weightBits).toBe(4);
  });

  test('a measured bitwidth is not measured again', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'score 8');
    await answer(lab);
    const before = lab.asked.length;
    store.dispatch({ kind: 'choose', choice: { bits: 7 } });
    store.dispatch({ kind: 'choose', choice: { bits: 8 } });
    vi.advanceTimersByTime(REST_MS);
    expect(asked(lab).slice(before), 'passed by, and cancelled').toEqual(['preview 7']);
    expect(last(lab).options.signal?.aborted).toBe(true);
  });

  test('measures all of a preset: accuracies, then latencies; the control goes first', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'score 8');
    await answer(lab);
    store.dispatch({ kind: 'measureAll' });
    await answerUntil(lab, 'evaluate 6');
    const cancelled = last(lab);
    store.dispatch({ kind: 'choose', choice: { bits: 2 } });
    vi.advanceTimersByTime(REST_MS);
    await cancelled.answer(runOfSettings(cancelled.args as RunSettings, 1));
    await answer(lab);
    expect(asked(lab).slice(-3)).toEqual(['evaluate 6', 'preview 2', 'evaluate 2']);
    await answerUntil(lab, 'score 3');
    await answer(lab);
    expect(nextJob(store.getState())).toBeNull();
    expect(store.getState().runs.size).toBe(8);
    expect(store.getState().scores.size).toBe(8);
    expect([...store.getState().runs].every(([key, run]) => key === settingsKey(run.settings))).toBe(true);
  });

  test('a cancel stops the work until something is asked for', async () => {
    const { lab, store } = open();
    await answerUntil(lab, 'evaluate 8');
    store.dispatch({ kind: 'cancel' });
    expect(last(lab).options.signal?.aborted).toBe(true);
    await last(lab).fail('too late to matter');
    expect(asked(lab).at(-1)).toBe('evaluate 8');
    expect(store.getState()).toMatchObject({ failure: null, progress: null, paused: true });
    store.dispatch({ kind: 'resume' });
    expect(asked(lab).slice(-2)).toEqual(['evaluate 8', 'evaluate 8']);
  });

  test('a failure is kept with its sentence, and tried again on request', async () => {
    const { lab, store } = open();
    await last(lab).fail('test.bin.gz is damaged.');
    expect(store.getState().failure).toMatchObject({ message: 'test.bin.gz is damaged.', job: { kind: 'open' } });
    expect(lab.asked).toHaveLength(1);
    store.dispatch({ kind: 'resume' });
    expect(asked(lab)).toEqual(['open', 'open']);
    expect(store.getState().failure).toBeNull();
  });

  test('progress is shown while its job runs, and no longer', async () => {
    const { lab, store } = open();
    const progress = { stage: 'Reading', done: 1, total: 3, unit: 'files' };
    const first = last(lab);
    first.options.onProgress?.(progress);
    expect(store.getState().progress).toEqual(progress);
    await answer(lab);
    expect(store.getState().progress).toBeNull();
  });

  test('listeners hear of every change until they leave', () => {
    const { store } = open();
    const listener = vi.fn();
    const leave = store.subscribe(listener);
    store.dispatch({ kind: 'choose', choice: { bits: 3 } });
    leave();
    store.dispatch({ kind: 'choose', choice: { bits: 2 } });
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

test('a job says what it does', () => {
  expect(describeJob({ kind: 'open', backend: 'auto', model: 'resnet20', dataset: 'cifar10-sample' })).toBe(
    'Opening the lab',
  );
  const settings: RunSettings = {
    model: 'm',
    dataset: 'd',
    method: 'float32',
    scheme: null,
    images: 1,
    calibrationImages: 0,
    seed: 1,
  };
  expect(describeJob({ kind: 'score', settings })).toBe('Timing 32-bit float');
});
