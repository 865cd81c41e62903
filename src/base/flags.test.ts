import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countFlags, packFlags } from './flags.ts';

test('the first n of any flags are counted as they were', () =>
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.nat(300), (flags, n) => {
      const first = Math.min(n, flags.length);
      expect(countFlags(packFlags(flags), first)).toBe(flags.slice(0, first).filter(Boolean).length);
    }),
  ));

test('more flags than there are is refused', () =>
  expect(() => countFlags(packFlags([true]), 9)).toThrow('There are 8 flags at most, not 9.'));
