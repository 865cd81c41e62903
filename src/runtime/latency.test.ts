/** The stopwatch: its order, its counts, its end. */
import { expect, test } from 'vitest';
import { channelsFirst } from '../onnx/layout.ts';
import { measureLatencies, type TimedRun } from './latency.ts';
import { openNodeLane } from './node.ts';
import { countingImages, firstPixelModel } from './testing/firstPixelModel.ts';

/** Takes as many milliseconds as it is told, by its own word. */
const taking =
  (ms: number, log: string[] = []): TimedRun =>
  () => {
    log.push(`${ms}`);
    return Promise.resolve(ms);
  };

test('times as many runs as it was asked to', async () => {
  const lane = await openNodeLane(1);
  const input = { data: channelsFirst(countingImages(3), 3, 2), dims: [3, 2, 2, 3] };
  const { id, operators } = await lane.open(firstPixelModel(), input, { profile: false });
  expect(operators).toEqual([]);
  const run: TimedRun = async () => (await lane.run(id, input)).ms;
  const [latency, again] = await measureLatencies([run, run], { warmup: 2, runs: 5, batch: 3 });
  expect(again).toMatchObject({ warmup: 2, runs: 5, batch: 3 });
  expect(latency).toMatchObject({ warmup: 2, runs: 5, batch: 3 });
  expect(latency.times).toHaveLength(5);
  expect(latency.p5Ms).toBeGreaterThanOrEqual(0);
  expect(latency.medianMs).toBeGreaterThanOrEqual(latency.p5Ms);
  expect(latency.p95Ms).toBeGreaterThanOrEqual(latency.medianMs);
  await lane.close(id);
}, 60_000);

test('runs in turn, and warming up does not count', async () => {
  const log: string[] = [];
  const [slow, fast] = await measureLatencies([taking(9, log), taking(4, log)], { warmup: 1, runs: 2, batch: 1 });
  expect(log).toEqual(['9', '4', '9', '4', '9', '4']);
  expect([slow.times, fast.times]).toEqual([
    [9, 9],
    [4, 4],
  ]);
});

test('ends early where it has run for long enough, but not before it has enough rounds', async () => {
  const told: number[] = [];
  const rules = { warmup: 1, runs: 50, batch: 1, atLeast: { rounds: 12, ms: 100 } };
  const [slow] = await measureLatencies([taking(90)], { ...rules, report: (done) => told.push(done) });
  expect(slow.runs).toBe(12);
  expect(told).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const [fast] = await measureLatencies([taking(1)], rules);
  expect(fast.runs).toBe(50);
});

test('stops timing when it is told to', async () => {
  const stopped = measureLatencies([taking(1)], { warmup: 1, runs: 5, batch: 1, signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(/abort/i);
});

test('hears between two runs that it is to stop', async () => {
  const abort = new AbortController();
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    if (++breaths === 3) abort.abort();
  };
  await expect(
    measureLatencies([taking(1), taking(1)], { warmup: 1, runs: 5, batch: 1, signal: abort.signal, breathe }),
  ).rejects.toThrow(/abort/i);
  expect(breaths).toBe(3);
});
