import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRESET_NAMES } from '../lab/settings.ts';
import { BITS } from '../quant/types.ts';
import { formatLink, parseLink } from './link.ts';
import { SCREENS } from './screens/names.ts';

const DEFAULTS = { screen: 'bill', backend: 'auto', images: 1000, bits: 8, preset: 'modern', seed: 1 };

describe('a link', () => {
  test('that says nothing means the defaults', () => {
    expect(parseLink('')).toEqual({ link: DEFAULTS, problems: [] });
    expect(parseLink('#utm_source=newsletter')).toEqual({ link: DEFAULTS, problems: [] });
  });

  test('restores what it was made from', () => {
    fc.assert(
      fc.property(
        fc.record({
          screen: fc.constantFrom(...SCREENS),
          backend: fc.constantFrom('auto', 'webgpu', 'wasm', 'cpu'),
          images: fc.integer({ min: 1, max: 10_000 }),
          bits: fc.constantFrom(...BITS),
          preset: fc.constantFrom(...PRESET_NAMES),
          seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        }),
        (link) => {
          expect(parseLink(formatLink(link))).toEqual({ link, problems: [] });
        },
      ),
    );
    expect(formatLink(parseLink('').link)).toBe('');
  });

  test('of the older kind has its choices in the query; the fragment outranks it', () => {
    expect(parseLink('', '?bits=4&images=20').link).toEqual({ ...DEFAULTS, bits: 4, images: 20 });
    expect(parseLink('#bits=3', '?bits=4&images=20').link).toEqual({ ...DEFAULTS, bits: 3, images: 20 });
  });

  test.each([
    ['#images=many', 'images must be a whole number from 1 to 10000. Using 1000.'],
    ['#images=0', 'images must be'],
    ['#images=1e3', 'images must be'],
    ['#bits=9', 'bits must be one of 2, 3, 4, 5, 6, 7, 8. Using 8.'],
    ['#backend=cuda', 'backend must be one of auto, webgpu, wasm, cpu. Using auto.'],
    ['#preset=__proto__', 'preset must be one of modern, 2021'],
    ['#seed=-1', 'seed must be'],
  ])('with %s is answered with a sentence', (query, sentence) => {
    const { link, problems } = parseLink(query);
    expect(link).toEqual(DEFAULTS);
    expect(problems).toEqual([expect.stringContaining(sentence)]);
  });
});
