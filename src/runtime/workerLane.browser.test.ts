/** Real workers in a lane's place that hang, are gone, or never come to an end: they are ended, in a sentence. */
import { afterEach, expect, test, vi } from 'vitest';
import type { LaneRequest } from './laneWorker.ts';
import { openWorkerLane, type LaneWorker } from './workerLane.ts';

afterEach(() => void vi.useRealTimers());

const LIMITS = { silence: 500, every: 100, answer: 1500 };
const OPENED = '{ id: 7, loadMs: 1, firstRunMs: 30, heapBytes: 0, operators: [] }';
const INPUT = { data: new Float32Array(6), dims: [1, 1, 2, 3] };

/** Starts and opens as a lane does; `run` says what it does with a run. */
const workerOf = (run: string): string => `onmessage = ({ data: { id, kind } }) => {
  if (kind === 'ping') return postMessage({ id: 0 });
  if (kind !== 'run') return postMessage({ id, result: kind === 'open' ? ${OPENED} : undefined });
  const wait = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
  ${run}
};
postMessage({ id: 0 });`;

function laneOf(run: string): ReturnType<typeof openWorkerLane> {
  const text = new Blob([workerOf(run)], { type: 'text/javascript' });
  const start = (): LaneWorker => new Worker(URL.createObjectURL(text)) as unknown as LaneWorker;
  return openWorkerLane({ provider: 'wasm', threads: 1 }, { limits: LIMITS, start });
}

test.each([
  ['hangs', 'for (;;);'],
  ['vanishes', 'close();'],
  ['lives, but never answers', ''],
])('a lane that %s is ended, and what it was asked is rejected in a sentence', async (_, run) => {
  const lane = await laneOf(run);
  const { id } = await lane.open(new Uint8Array(), INPUT);
  expect(lane.hasEnded()).toBe(false);
  const asked = [lane.run(id, INPUT), lane.run(id, INPUT)];
  const sentence = /^ONNX Runtime on wasm did not answer for \d+ seconds and was ended\. Try again: it opens afresh\.$/;
  for (const each of asked) await expect(each).rejects.toThrow(sentence);
  expect(lane.hasEnded()).toBe(true);
  await expect(lane.run(id, INPUT)).rejects.toThrow(sentence);
  await expect(lane.close(id)).resolves.toBeUndefined();
});

test('a lane that computes for as long as its input lets expect is left alone', async () => {
  // 100,000 numbers may take 3 s more than nothing does; 0.9 s of them hear nothing.
  const lane = await laneOf('wait(900); postMessage({ id, result: { ms: 900, logits: new Float32Array(1) } });');
  const { id } = await lane.open(new Uint8Array(), INPUT);
  await expect(lane.run(id, { data: new Float32Array(100_000), dims: [1, 1, 250, 400] })).resolves.toMatchObject({
    ms: 900,
  });
  expect(lane.hasEnded()).toBe(false);
  lane.end();
});

test('a lane that is idle is asked nothing', async () => {
  vi.useFakeTimers();
  const sent: LaneRequest['kind'][] = [];
  const worker: LaneWorker = {
    postMessage(request) {
      sent.push(request.kind);
      if (request.kind === 'start') queueMicrotask(() => worker.onmessage?.({ data: { id: request.id } } as never));
    },
    terminate: () => undefined,
    onmessage: null,
    onerror: null,
  };
  const lane = await openWorkerLane({ provider: 'wasm', threads: 1 }, { limits: LIMITS, start: () => worker });
  vi.advanceTimersByTime(100 * LIMITS.every);
  expect(sent).toEqual(['start']);
  expect(lane.hasEnded()).toBe(false);
});
