import { expect, test } from 'vitest';
import { splitHeldOut } from './heldOut.ts';
import type { ImageSet } from './types.ts';

/** Each image's first pixel is its place in the set. */
const set: ImageSet = {
  height: 1,
  width: 1,
  count: 60,
  pixels: Uint8Array.from({ length: 180 }, (_, i) => Math.floor(i / 3)),
  labels: Int32Array.from({ length: 60 }, (_, i) => (i * 7) % 3),
  classes: ['a', 'b', 'c'],
};
const places = ({ pixels }: ImageSet): number[] => Array.from(pixels).filter((_, i) => i % 3 === 0);

test('keeps apart as many of each class, and every image is in one part only', () => {
  const { train, heldOut } = splitHeldOut(set, 12, 1);
  for (const label of [0, 1, 2]) expect(heldOut.labels.filter((l) => l === label)).toHaveLength(4);
  expect([...places(train), ...places(heldOut)].sort((a, b) => a - b)).toEqual(places(set));
  for (const part of [train, heldOut])
    places(part).forEach((place, i) => expect(part.labels[i]).toBe(set.labels[place]));
});

test('the same seed keeps apart the same images, another others', () => {
  expect(places(splitHeldOut(set, 12, 1).heldOut)).toEqual(places(splitHeldOut(set, 12, 1).heldOut));
  expect(places(splitHeldOut(set, 12, 2).heldOut)).not.toEqual(places(splitHeldOut(set, 12, 1).heldOut));
});

test('refuses what leaves nothing, or unequal classes', () => {
  expect(() => splitHeldOut(set, 10, 1)).toThrow(/10 images cannot be kept apart/);
  expect(() => splitHeldOut(set, 60, 1)).toThrow(RangeError);
  expect(() => splitHeldOut(set, 0, 1)).toThrow(RangeError);
});
