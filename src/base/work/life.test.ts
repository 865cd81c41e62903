import { afterEach, expect, test } from 'vitest';
import { alive, hearLife } from './life.ts';

afterEach(() => hearLife(null));

test('the first sign is heard, many at once are one', () => {
  let heard = 0;
  hearLife(() => void heard++);
  for (let i = 0; i < 10; i++) alive();
  expect(heard).toBe(1);
});

test('without a listener nothing happens', () => {
  expect(() => alive()).not.toThrow();
});
