import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

const at = (stage: string, done: number) => ({ stage, done, total: 10, unit: 'images' });

test('the time left follows from what was reported of the stage under way', () => {
  const pace = createPace();
  expect(pace.secondsLeft(0)).toBeNull();
  pace.seen(at('Calibrating', 5), 0);
  expect(pace.secondsLeft(0), 'one report tells no speed').toBeNull();
  pace.seen(at('Calibrating', 9), 8000);
  pace.seen(at('Classifying', 2), 9000);
  expect(pace.secondsLeft(9000), 'a stage says nothing of the next').toBeNull();
  pace.seen(at('Classifying', 4), 10_000);
  expect(pace.secondsLeft(10_000)).toBe(3);
  expect(pace.secondsLeft(12_000)).toBe(1);
  expect(pace.secondsLeft(20_000), 'late is not negative').toBe(0);
  pace.seen(30, 20_000);
  expect(pace.secondsLeft(10_000)).toBe(3);
});
