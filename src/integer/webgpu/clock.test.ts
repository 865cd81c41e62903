import { expect, test } from 'vitest';
import { fastest } from './choice.ts';
import { enoughRuns } from './clock.ts';
import type { TileName } from './tiles.ts';

/** As Dawn rounds its timestamps, in milliseconds. */
const TICK = 0.065536;
const coarse = (ms: number): number => Math.floor(ms / TICK) * TICK;

test('a pass holds as many runs as a coarse clock needs', async () => {
  expect(await enoughRuns(async (runs) => coarse(0.009 * runs))).toBe(256);
  expect(await enoughRuns(async (runs) => coarse(0.05 * runs))).toBe(64);
  expect(await enoughRuns(async () => 30)).toBe(1);
  // A clock that stands still.
  expect(await enoughRuns(async () => 0)).toBe(256);
});

test('the fastest tile is found though a run takes less than a tick of the clock', async () => {
  const trueMs: Partial<Record<TileName, number>> = { '128x64': 0.013, '64x64': 0.011, '64x32': 0.009, '64x16': 0.01 };
  const tiles = Object.keys(trueMs) as TileName[];
  const { tile, why } = await fastest(tiles, async (name, runs) => coarse((trueMs[name] ?? 0) * runs));
  expect(tile).toBe('64x32');
  expect(why).toBe('the fastest of 4 on this GPU: 64x32 9 µs, 64x16 10 µs, 64x64 11 µs');
});
