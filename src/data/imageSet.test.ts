import { describe, expect, test } from 'vitest';
import { concatenate, subset } from './imageSet.ts';
import type { ImageSet } from './types.ts';

/** 1x2 images; image i is filled with `first` + i and labelled so. */
const makeSet = (first: number, count: number): ImageSet => ({
  height: 1,
  width: 2,
  count,
  pixels: Uint8Array.from({ length: count * 6 }, (_, i) => first + Math.floor(i / 6)),
  labels: Int32Array.from({ length: count }, (_, i) => first + i),
  classes: ['a', 'b'],
});

describe('concatenate', () => {
  test('puts sets end to end', () => {
    expect(concatenate([makeSet(0, 2), makeSet(2, 3)])).toEqual(makeSet(0, 5));
  });

  test('refuses sets of different sizes, and none', () => {
    expect(() => concatenate([makeSet(0, 1), { ...makeSet(0, 1), height: 2, width: 1 }])).toThrow('1x2 and 2x1');
    expect(() => concatenate([])).toThrow('at least one');
  });
});

describe('subset', () => {
  test('takes the images in the order asked for', () => {
    const picked = subset(makeSet(0, 4), [3, 1]);
    expect(Array.from(picked.labels)).toEqual([3, 1]);
    expect(Array.from(picked.pixels)).toEqual([3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1]);
    expect(picked.count).toBe(2);
  });

  test.each([-1, 4, 0.5, NaN])('refuses image %f', (index) => {
    expect(() => subset(makeSet(0, 4), [index])).toThrow(
      `Image ${index} was asked for, but the set holds images 0 to 3.`,
    );
  });
});
