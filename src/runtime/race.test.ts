/** The race with lanes that answer at once: its order, its end, and what it leaves behind. */
import { expect, test } from 'vitest';
import type { Lane } from './lane.ts';
import { openNodeLane } from './node.ts';
import { raceInTurn } from './race.ts';
import type { Finish, Standing } from './race.ts';
import { countingImages, firstPixelModel } from './testing/firstPixelModel.ts';
import { channelsFirst } from '../onnx/layout.ts';

const RULES = { warmup: 2, minRuns: 6, maxRuns: 20, precision: 0.05, budgetMs: 1000 };
const input = { data: new Float32Array(2), dims: [2, 1, 1, 1] };

/** A lane whose models take the milliseconds that their file names; every call is written down. */
function fakeLane(log: string[], times: readonly ((run: number) => number)[]): Lane {
  const runs = times.map(() => 0);
  let opened = 0;
  return {
    async open() {
      log.push(`open ${opened}`);
      return { id: opened++, loadMs: 1, firstRunMs: 2, heapBytes: 3, operators: [] };
    },
    async run(id) {
      log.push(`run ${id}`);
      return { ms: times[id](runs[id]++), logits: Float32Array.of(id) };
    },
    close: async (id) => void log.push(`close ${id}`),
  };
}

test('runs in turn, warms up, and ends as soon as every median is known', async () => {
  const log: string[] = [];
  const lane = fakeLane(log, [() => 10, () => 5]);
  const finishes = await raceInTurn(
    [
      { lane, bytes: new Uint8Array(0), input },
      { lane, bytes: new Uint8Array(0), input },
    ],
    RULES,
  );
  const rounds = Array.from({ length: 8 }).flatMap(() => ['run 0', 'run 1']);
  expect(log).toEqual(['open 0', 'open 1', ...rounds, 'close 0', 'close 1']);
  expect(finishes.map(standingOf)).toEqual(
    [10, 5].map((ms) => ({
      loadMs: 1,
      firstRunMs: 2,
      heapBytes: 3,
      operators: [],
      medianMs: ms,
      lowMs: ms,
      highMs: ms,
      p95Ms: ms,
      runs: 6,
      warmup: 2,
      batch: 2,
      imagesPerSecond: 2000 / ms,
    })),
  );
  expect(finishes[1]).toMatchObject({ logits: Float32Array.of(1) });
});

test('goes on while a median is not known, to the most runs or the end of its time, and warm-up does not count', async () => {
  const noisy = (run: number): number => (run < 2 ? 1e6 : 10 + (run % 3) * 5);
  const race = (now?: () => number) =>
    raceInTurn([{ lane: fakeLane([], [noisy]), bytes: new Uint8Array(0), input }], RULES, { now });
  const standing = standingOf((await race())[0]);
  expect(standing).toMatchObject({ runs: 20, lowMs: 10, medianMs: 15, highMs: 20 });
  expect(standing?.p95Ms).toBeLessThanOrEqual(20);
  let clock = 0;
  const [late] = await race(() => (clock += 1001));
  expect(standingOf(late)?.runs).toBe(6);
});

test('closes what it opened when it is stopped', async () => {
  const log: string[] = [];
  const stop = new AbortController();
  const lane = fakeLane(log, [
    () => {
      stop.abort();
      return 1;
    },
  ]);
  await expect(raceInTurn([{ lane, bytes: new Uint8Array(0), input }], RULES, { signal: stop.signal })).rejects.toThrow(
    /abort/i,
  );
  expect(log.at(-1)).toBe('close 0');
});

test('a file that does not open leaves the race to the others', async () => {
  const log: string[] = [];
  const good = fakeLane(log, [() => 1]);
  const broken: Lane = { ...good, open: () => Promise.reject(new Error('no such operator')) };
  const [first, second] = await raceInTurn(
    [
      { lane: broken, bytes: new Uint8Array(0), input },
      { lane: good, bytes: new Uint8Array(0), input },
    ],
    RULES,
  );
  expect(first).toEqual({ refused: 'no such operator' });
  expect(standingOf(second)).toMatchObject({ medianMs: 1 });
  expect(await raceInTurn([{ lane: broken, bytes: new Uint8Array(0), input }], RULES)).toEqual([
    { refused: 'no such operator' },
  ]);
});

test('a lane in Node: logits, memory, and which operators ran where', async () => {
  const lane = await openNodeLane(1);
  const images = { data: channelsFirst(countingImages(2), 2, 2), dims: [2, 2, 2, 3] };
  const [finish] = await raceInTurn([{ lane, bytes: firstPixelModel(), input: images }], RULES);
  const standing = standingOf(finish);
  expect(finish).toMatchObject({ logits: Float32Array.of(0, 2, 12, 14) });
  expect(standing?.heapBytes).toBeGreaterThan(1e6);
  expect(
    standing?.operators.map(({ operator, provider, count }) => `${count} ${operator} on ${provider}`).toSorted(),
  ).toEqual(['1 Add on CPUExecutionProvider', '1 Flatten on CPUExecutionProvider', '1 Slice on CPUExecutionProvider']);
  await expect(lane.run(1, images)).rejects.toThrow('no model 1');
  await expect(lane.open(new Uint8Array(3), images)).rejects.toThrow('ONNX Runtime cannot run this model on wasm');
});

const standingOf = (finish: Finish): Standing | null => ('standing' in finish ? finish.standing : null);
