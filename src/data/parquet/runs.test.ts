import { describe, expect, test } from 'vitest';
import { readDeltas } from './deltas.ts';
import { readRuns } from './runs.ts';

describe('runs', () => {
  test('repeat a value, and hold packed ones of any width', () => {
    expect([...readRuns(Uint8Array.of(6, 2), 2, 3)]).toEqual([2, 2, 2]);
    // The example of the format's own page: 0 to 7 in 3 bits.
    expect([...readRuns(Uint8Array.of(3, 0b10001000, 0b11000110, 0b11111010), 3, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...readRuns(Uint8Array.of(4, 1, 3, 0xff, 4, 0), 1, 12)]).toEqual([...new Array<number>(10).fill(1), 0, 0]);
    expect([...readRuns(Uint8Array.of(3, 1, 2, 3, 4, 5, 6), 24, 2)]).toEqual([0x030201, 0x060504]);
    expect([...readRuns(Uint8Array.of(), 1, 0)]).toEqual([]);
  });

  test('of two thousand million values give as many as are asked for', () => {
    const endless = Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 1);
    expect([...readRuns(endless, 1, 3)]).toEqual([1, 1, 1]);
    expect([...readRuns(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 5), 1, 3)]).toEqual([1, 0, 1]);
  });

  test.each([
    ['none', [], 1, 1],
    ['a value cut short', [6], 8, 3],
    ['packed values cut short', [5, 1], 8, 16],
    ['a length without an end', new Array<number>(20).fill(0xff), 8, 3],
    ['too few', [2, 1], 8, 3],
    ['a width that no dictionary has', [6, 0, 0, 0, 0], 32, 3],
  ])('%s are refused', (_, bytes, width, count) => {
    expect(() => readRuns(Uint8Array.from(bytes), width, count)).toThrow(/^A page has/);
  });
});

describe('differences', () => {
  /** A block of 128 in 4 parts of 32; the first value 7. */
  const head = [0x80, 0x01, 4, 3, 14];

  test('add up, packed or not', () => {
    expect(readDeltas(Uint8Array.of(...head, 2, 0, 0, 0, 0), 0, 3, 32)).toEqual({ values: [7, 8, 9], end: 10 });
    const two = readDeltas(Uint8Array.of(...head, 1, 2, 0, 0, 0, 0b1110, ...new Array<number>(7).fill(0)), 0, 3, 64);
    expect(two).toEqual({ values: [7, 8, 10], end: 18 });
  });

  test.each([
    ['blocks of no parts', [0x80, 0x01, 0, 3, 14, 2]],
    ['blocks of a negative size', [0x80, 0xff, 0xff, 0xff, 0x0f, 4, 3, 14, 2, 0, 0, 0, 0]],
    ['parts without end', [0x80, 0x01, 0xff, 0xff, 0xff, 0xff, 0x07, 3, 14, 2]],
    ['fewer than it says', [...head.slice(0, 3), 2, 14, 2, 0, 0, 0, 0]],
    ['widths cut short', [...head, 2, 1]],
    ['a width of more than 64 bits', [...head, 2, 255, 0, 0, 0, ...new Array<number>(2000).fill(1)]],
    ['values cut short', [...head, 2, 32, 0, 0, 0, 1, 2]],
  ])('%s are refused', (_, bytes) => {
    expect(() => readDeltas(Uint8Array.from(bytes), 0, 3, 32)).toThrow('A page has fewer values than it says.');
  });
});
