/** What each answer of a processor about the eighth bit means for a layer. */
import { describe, expect, test } from 'vitest';
import { int8Exact, int8Sum16Exact, lookUpExact } from '../choice/exactness.ts';
import { readingOf } from './processor.ts';
import { theWorkshop } from '../choice/workshop.ts';

test('the answers that are known', () => {
  expect(readingOf(-130560, -32768)).toBe('unsigned');
  expect(readingOf(-65536, -32768)).toBe('saturating');
  expect(readingOf(512, 256)).toBe('signed');
  expect(readingOf(-131072, -32768)).toBe('unknown');
});

/** Eight input channels, one output channel, 1 x 1. */
const packing = { taps: 1, width: 1, inChannels: 8, paddedChannels: 8, outChannels: 1 };
const weights = (codes: readonly number[], bits: 2 | 8 = 8) =>
  theWorkshop()(
    {
      bits,
      shape: [1, 1, 8, 1],
      codes: Int8Array.from(codes),
      qmin: bits === 2 ? -2 : -127,
      qmax: bits === 2 ? 1 : 127,
      scale: Float32Array.of(1),
      zeroPoint: Int32Array.of(0),
      bias: Int32Array.of(0),
    },
    packing,
  );
const heavy = [127, 127, 0, 0, 0, 0, 0, 0];

describe('8-bit activations', () => {
  test('read unsigned: any weights', () => expect(int8Exact(weights(heavy), 255, 'unsigned').exact).toBe(true));
  test('read signed, less 128: any weights but -128', () => {
    expect(int8Exact(weights(heavy), 255, 'signed').exact).toBe(true);
    expect(int8Exact(weights([-128, 0, 0, 0, 0, 0, 0, 0]), 255, 'signed').exact).toBe(false);
  });
  test('read in a way of its own: none', () =>
    expect(int8Exact(weights([0, 0, 0, 0, 0, 0, 0, 0]), 255, 'unknown').exact).toBe(false));
  test('saturating: where two neighbours sum to at most 128', () => {
    expect(int8Exact(weights(heavy), 255, 'saturating').exact).toBe(false);
    expect(int8Exact(weights([64, 64, -128, 0, 127, 1, 0, 0]), 255, 'saturating').exact).toBe(true);
    expect(int8Exact(weights([127, -127, 0, 0, 0, 0, 0, 0]), 255, 'saturating').exact).toBe(true);
  });
});

test('7-bit activations go everywhere', () => {
  for (const answer of ['unsigned', 'saturating', 'signed', 'unknown'] as const)
    expect(int8Exact(weights(heavy), 127, answer).exact).toBe(true);
});

test('sums in 16 bits go as deep as the weights above zero, and those below, allow', () => {
  // A lane holds products 0, 1, 4 and 5.
  expect(int8Sum16Exact(weights([64, 65, 0, 0, 64, 65, 0, 0]), packing, 127, 'unsigned')).toEqual({
    exact: true,
    depth: 2,
  });
  expect(int8Sum16Exact(weights([64, 65, 0, 0, 65, 65, 0, 0]), packing, 127, 'unsigned').exact).toBe(false);
  expect(int8Sum16Exact(weights([127, 127, 127, 127, -127, -127, -127, -127]), packing, 127, 'unsigned').exact).toBe(
    true,
  );
});

test('a look-up takes activations of up to 5 bits', () => {
  const two = weights([1, -2, 1, 0, 0, 0, 0, 0], 2);
  expect(lookUpExact(two, packing, 3, 2)).toEqual({ exact: true, depth: 20 });
  expect(lookUpExact(two, packing, 31, 2)).toEqual({ exact: true, depth: 2 });
  expect(lookUpExact(two, packing, 63, 2).exact).toBe(false);
});
