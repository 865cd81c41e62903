import { expect, test } from 'vitest';
import { describeProgress, speedOf, withMoment, type Moment } from './transfer.ts';

test('speed is that of the last five seconds', () => {
  let moments: Moment[] = [];
  expect(speedOf(moments)).toBeNull();
  for (let second = 0; second <= 20; second++)
    moments = withMoment(moments, { ms: second * 1000, doneBytes: second < 15 ? 0 : (second - 15) * 2e6 });
  expect(speedOf(moments)).toBe(2e6);
  expect(moments.length).toBeLessThanOrEqual(6);
});

test('progress says how much, how fast and how long', () => {
  expect(describeProgress({ doneBytes: 12e6, totalBytes: 170e6, images: 4000 }, 3.16e6)).toBe(
    '12 of 170 MB, 3.2 MB/s, 50 s left, 4,000 images',
  );
  expect(describeProgress({ doneBytes: 1e6, totalBytes: null, images: 0 }, null)).toBe('1.0 MB, 0 images');
  expect(describeProgress({ doneBytes: 12e6, totalBytes: 47e6, images: null }, null)).toBe('12 of 47 MB');
});
