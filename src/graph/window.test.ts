import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Window } from './types.ts';
import { isInside, padsOf, requireWindow, windowCounts, windowPixels } from './window.ts';

const side = fc.integer({ min: 1, max: 5 });
const pad = fc.integer({ min: 0, max: 4 });
const windows: fc.Arbitrary<Window> = fc.record({
  kernel: fc.tuple(side, side),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.oneof(pad, fc.tuple(pad, pad, pad, pad)),
});

test('padding is one number for all sides, or each side in ONNX order', () => {
  expect(padsOf({ padding: 2 })).toEqual({ top: 2, left: 2, bottom: 2, right: 2 });
  expect(padsOf({ padding: [1, 2, 3, 4] })).toEqual({ top: 1, left: 2, bottom: 3, right: 4 });
});

test('all windows fit the padded image, and one more would not', () => {
  fc.assert(
    fc.property(windows, fc.tuple(side, side), (window, size) => {
      const [rows, columns] = windowCounts(window, size);
      fc.pre(rows > 0 && columns > 0);
      const { top, left, bottom, right } = padsOf(window);
      const [firstY, firstX] = windowPixels(window, 0, 0)[0];
      const [lastY, lastX] = windowPixels(window, rows - 1, columns - 1).at(-1) ?? [NaN, NaN];
      expect([firstY, firstX]).toEqual([0 - top, 0 - left]);
      expect(lastY).toBeLessThan(size[0] + bottom);
      expect(lastX).toBeLessThan(size[1] + right);
      expect(lastY + window.stride).toBeGreaterThanOrEqual(size[0] + bottom);
      expect(lastX + window.stride).toBeGreaterThanOrEqual(size[1] + right);
    }),
  );
});

test('a window of a padded image, pixel by pixel', () => {
  const window = { kernel: [2, 3], stride: 2, padding: [1, 0, 0, 2] } as const;
  expect(windowCounts(window, [5, 4])).toEqual([3, 2]);
  const pixels = windowPixels(window, 0, 1);
  expect(pixels).toEqual([
    [-1, 2],
    [-1, 3],
    [-1, 4],
    [0, 2],
    [0, 3],
    [0, 4],
  ]);
  expect(pixels.map(([y, x]) => isInside(y, x, [5, 4]))).toEqual([false, false, false, true, true, false]);
});

test.each([
  [{ kernel: [3, 3], stride: 0, padding: 0 }, 'c has kernel and stride [3,3,0]: they must be positive integers.'],
  [
    { kernel: [3, 3], stride: 1, padding: [0, 0, -1, 0] },
    'c has padding 0,0,-1,0: it must be zero or a positive integer.',
  ],
  [
    { kernel: [9, 9], stride: 1, padding: [1, 1, 2, 2] },
    'c has a 9x9 window, larger than its image [5,5,1] padded by 1,1,2,2.',
  ],
] as const)('%j is refused by name', (window, sentence) => {
  expect(() => requireWindow('c', window, [5, 5, 1])).toThrow(sentence);
});
