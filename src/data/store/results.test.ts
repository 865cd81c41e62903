import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { openCache } from './database.ts';
import { storedResults } from './results.ts';

test('results come back after the database was closed, arrays as they were; the oldest go first', async () => {
  const cache = await openCache('results');
  const store = storedResults<{ readonly top1: number; readonly predictions: Int32Array }>(cache, 2);
  expect(await store.load('a')).toBeNull();
  const result = { top1: 0.5, predictions: Int32Array.of(3, 1) };
  await store.save('a', result, '2026-01-02');
  cache.close();
  const again = storedResults<typeof result>(await openCache('results'), 2);
  expect(await again.load('a')).toEqual({ result, day: '2026-01-02' });
  await again.save('b', result, '2026-01-03');
  await again.save('a', result, '2026-01-04');
  await again.save('c', result, '2026-01-05');
  expect(await again.load('b')).toBeNull();
  expect((await again.load('a'))?.day).toBe('2026-01-04');
});
