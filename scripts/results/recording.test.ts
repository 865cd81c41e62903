import { expect, test } from 'vitest';
import { float32Settings, ptqSettings, settingsKey } from '../../src/contract/settings.ts';
import { recordRuns, type RecordedRun } from './recording.ts';
import type { RunSettings } from '../../src/contract/run.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 10, seed: 1 };
const WANTED = [float32Settings(workload), ptqSettings(workload, 'modern', 8), ptqSettings(workload, 'modern', 4)];
const device = { backend: 'cpu', description: 'a test', threads: 1, crossOriginIsolated: false } as const;
const runOf = (settings: RunSettings): RecordedRun => ({
  settings,
  device,
  top1: 0.5,
  sizeBytes: 1,
  onnxBytes: 1,
  seconds: 1,
});

test('a record that is cut keeps every cell that was measured, and goes on with the first that was not', async () => {
  let kept: readonly RecordedRun[] = [];
  const measured: string[] = [];
  const keep = async (runs: readonly RecordedRun[]): Promise<void> => void (kept = runs);
  const cutAt = (stop: number) => async (settings: RunSettings) => {
    if (measured.length === stop) throw new Error('cut');
    measured.push(settingsKey(settings));
    return runOf(settings);
  };
  await expect(recordRuns(WANTED, [], cutAt(2), keep)).rejects.toThrow('cut');
  expect(kept.map(({ settings }) => settings)).toEqual(WANTED.slice(0, 2));
  await recordRuns(WANTED, kept, cutAt(3), keep);
  expect(kept.map(({ settings }) => settings)).toEqual(WANTED);
  expect(measured).toEqual(WANTED.map(settingsKey));
});

test('what was recorded with other settings is left out, the order is that of the wanted', async () => {
  let kept: readonly RecordedRun[] = [];
  const other = runOf(float32Settings({ ...workload, images: 20 }));
  await recordRuns(
    WANTED,
    [runOf(WANTED[2]), other],
    async (settings) => runOf(settings),
    async (runs) => void (kept = runs),
  );
  expect(kept.map(({ settings }) => settings)).toEqual(WANTED);
});
