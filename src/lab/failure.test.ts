import { expect, test } from 'vitest';
import { unlessAborted } from './failure.ts';

test('what cannot be stopped is not waited for, and what it gives after all is put away', async () => {
  const abort = new AbortController();
  const late: string[] = [];
  let give: (result: string) => void = () => undefined;
  const work = new Promise<string>((resolve) => (give = resolve));
  const awaited = unlessAborted(work, abort.signal, (result) => late.push(result));
  abort.abort();
  await expect(awaited).rejects.toMatchObject({ name: 'AbortError' });
  expect(late).toEqual([]);
  give('session');
  await work;
  expect(late).toEqual(['session']);
});

test('work that ends in time, or fails, is as it would be alone', async () => {
  const { signal } = new AbortController();
  const refuse = (): void => expect.unreachable();
  expect(await unlessAborted(Promise.resolve(3), signal, refuse)).toBe(3);
  await expect(unlessAborted(Promise.reject(new Error('refused')), signal, refuse)).rejects.toThrow('refused');
  await expect(unlessAborted(new Promise(() => undefined), AbortSignal.abort(), refuse)).rejects.toMatchObject({
    name: 'AbortError',
  });
});
