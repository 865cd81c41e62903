import { expect, test, vi } from 'vitest';
import type { RunResult, RunSettings } from '../../contract/run.ts';
import { float32Settings, qatSettings, ptqSettings } from '../../contract/settings.ts';
import type { ResultStore } from '../resources.ts';
import { createKeptResults } from './keptResults.ts';
import type { Stages } from './stages.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 10, seed: 1 };

/** Stages that measure nothing: only what decides a result is there. */
function stagesOn(description: string, weight = 1, pixel = 1) {
  const evaluate = vi.fn((settings: RunSettings) => Promise.resolve({ settings, top1: 0.5 } as RunResult));
  const subject = {
    model: { weights: new Map([['conv1', { shape: [1], data: Float32Array.of(weight) }]]) },
    dataset: {
      test: { pixels: Uint8Array.of(pixel), labels: Int32Array.of(0) },
      train: { labels: Int32Array.of(0) },
    },
  };
  const device = { description, threads: 2 };
  return { evaluate, device, subject: () => Promise.resolve(subject) } as unknown as Stages & {
    readonly evaluate: typeof evaluate;
  };
}

function storeInMemory(): ResultStore & { readonly size: () => number } {
  const kept = new Map<string, { readonly result: RunResult; readonly day: string }>();
  return {
    size: () => kept.size,
    load: (key) => Promise.resolve(kept.get(key) ?? null),
    save: (key, result, day) => Promise.resolve(void kept.set(key, { result, day })),
  };
}

const versionOf = (fewbit: string) => ({ versions: { fewbit }, commit: null });

test('what was measured before is there again, with its day, and nothing runs', async () => {
  const store = storeInMemory();
  const settings = float32Settings(workload);
  const resources = { results: () => Promise.resolve(store), provenance: versionOf('1') };
  const first = await createKeptResults(resources).evaluate(stagesOn('CPU'), settings);
  expect(first.keptFrom).toBeUndefined();
  const stages = stagesOn('CPU');
  const again = await createKeptResults(resources).evaluate(stages, settings);
  expect(stages.evaluate).not.toHaveBeenCalled();
  expect(again).toEqual({ ...first, keptFrom: new Date().toISOString().slice(0, 10) });
});

test('other settings, contents, versions and devices are measured anew', async () => {
  const store = storeInMemory();
  const results = () => Promise.resolve(store);
  const float32 = float32Settings(workload);
  const cases: readonly (readonly [Stages & { evaluate: unknown }, RunSettings, string])[] = [
    [stagesOn('CPU'), float32, '1'],
    [stagesOn('CPU'), { ...float32, images: 9 }, '1'],
    [stagesOn('CPU'), ptqSettings(workload, 'modern', 4), '1'],
    [stagesOn('CPU', 2), float32, '1'],
    [stagesOn('CPU', 1, 2), float32, '1'],
    [stagesOn('GPU'), float32, '1'],
    [stagesOn('CPU'), float32, '2'],
  ];
  for (const [stages, settings, version] of cases) {
    await createKeptResults({ results, provenance: versionOf(version) }).evaluate(stages, settings);
    expect(stages.evaluate).toHaveBeenCalledTimes(1);
  }
  expect(store.size()).toBe(cases.length);
});

test('a training and a file that was brought are not kept: their names stand for others tomorrow', async () => {
  const store = storeInMemory();
  const kept = createKeptResults({ results: () => Promise.resolve(store) });
  await kept.evaluate(stagesOn('CPU'), qatSettings(workload, 'modern', 3));
  await kept.evaluate(stagesOn('CPU'), { ...ptqSettings(workload, 'modern', 4), file: 'mine.onnx' });
  expect(store.size()).toBe(0);
});

test('a browser that keeps nothing, or nothing more, measures', async () => {
  const settings = float32Settings(workload);
  const full: ResultStore = {
    load: () => Promise.reject(new Error('damaged')),
    save: () => Promise.reject(new Error('full')),
  };
  for (const results of [
    () => Promise.resolve(null),
    () => Promise.reject(new Error('private')),
    () => Promise.resolve(full),
  ])
    expect((await createKeptResults({ results }).evaluate(stagesOn('CPU'), settings)).top1).toBe(0.5);
});
