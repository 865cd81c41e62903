import { expect, test, vi } from 'vitest';
import { recent } from './recent.ts';

test('what was used longest ago is made again, the rest is kept', () => {
  const make = vi.fn((name: string) => `${name}!`);
  const values = recent<string>(2);
  const get = (name: string): string => values.get(name, () => make(name));
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(get(name)).toBe(`${name}!`);
  expect(make.mock.calls.flat()).toEqual(['a', 'b', 'c', 'b']);
});
