/** One race has all that was timed before, so that no two times that stand together come from different moments. */
import { expect, test } from 'vitest';
import { openStages } from '../stages/stages.ts';
import { nodeResources } from '../hosts/node.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import { createRacer } from './inTurn.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 10, seed: 1 };
const small = (bits: 8 | 4) => ({ ...ptqSettings(workload, 'modern', bits), calibrationImages: 32 });

test('float32 first, then what was timed before, then the new one; a cancel is heard', async () => {
  const stages = await openStages(nodeResources(), 'wasm');
  const racer = createRacer(stages);
  const bitsOf = async (settings: Parameters<typeof racer.time>[0]) =>
    (await racer.time(settings)).entries.map(({ settings: { scheme } }) => scheme?.weightBits ?? 32);
  expect(await bitsOf(float32Settings(workload))).toEqual([32]);
  expect(await bitsOf(small(8))).toEqual([32, 8]);
  expect(await bitsOf(small(4))).toEqual([32, 8, 4]);
  expect(await bitsOf(small(8))).toEqual([32, 4, 8]);
  const { engine: name, threads, entries } = await racer.time(small(4));
  expect([name, threads]).toEqual(['fewbit', 1]);
  for (const { latency } of entries) {
    expect(latency.runs).toBeGreaterThanOrEqual(12);
    expect(latency.medianMs).toBeGreaterThan(0);
    expect(latency.p5Ms).toBeLessThanOrEqual(latency.p95Ms);
  }
  const abort = new AbortController();
  const cut = racer.time(small(8), { signal: abort.signal, report: ({ done }) => done > 2 && abort.abort() });
  await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
});
