import { expect, test } from 'vitest';
import { isCounted, progressInWords, waitInWords } from './progress.ts';

const counted = { stage: 'Classifying', done: 32, total: 1000, unit: 'images' };
const uncounted = { stage: '', done: 0, total: 1, unit: '' };

test('a wait tells how far it is, and for how long already', () => {
  expect(progressInWords(counted)).toBe('Classifying, 32 of 1,000 images');
  expect(progressInWords({ ...counted, seconds: 1 })).toBe('Classifying, 32 of 1,000 images');
  expect(progressInWords({ ...counted, seconds: 2 })).toBe('Classifying, 32 of 1,000 images · 2 s so far');
});

test('what counts nothing tells the seconds alone, and has no bar', () => {
  expect(progressInWords({ ...uncounted, seconds: 1 })).toBe('');
  expect(progressInWords({ ...uncounted, seconds: 12 })).toBe('12 s so far');
  expect([counted, uncounted, { ...counted, behind: { kind: 'score', secondsLeft: 2 } }].map(isCounted)).toEqual([
    true,
    false,
    false,
  ]);
});

test('who waits behind another call is told which, and for about how long', () => {
  const behind = (secondsLeft: number | null) => ({ ...uncounted, behind: { kind: 'evaluate', secondsLeft } });
  expect(progressInWords({ ...behind(4.2), seconds: 3 })).toBe('Waits for a measurement, about 5 seconds more');
  expect(progressInWords({ ...behind(null), seconds: 3 })).toBe('Waits for a measurement · 3 s so far');
});

test('what is waited for stays named until something is counted', () => {
  expect(waitInWords('the ranking', null)).toBe('Waiting for the ranking…');
  expect(waitInWords('the ranking', { ...uncounted, seconds: 3 })).toBe('Waiting for the ranking… · 3 s so far');
  expect(waitInWords('the ranking', counted)).toBe('Classifying, 32 of 1,000 images');
});
