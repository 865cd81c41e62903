import { afterEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const withLocks = (locks: unknown): void => void vi.stubGlobal('navigator', { locks });

test('a browser that refuses locks, as with site data blocked, does the work without', async () => {
  const refuse = async (): Promise<never> => {
    throw new DOMException('blocked', 'SecurityError');
  };
  withLocks({ request: refuse });
  expect(await withLock('a', undefined, async () => 7)).toBe(7);
  vi.stubGlobal('navigator', {
    get locks() {
      throw new DOMException('blocked', 'SecurityError');
    },
  });
  expect(await withLock('a', undefined, async () => 8)).toBe(8);
});

test('what fails under a lock is not done twice, and who gave up waiting does nothing', async () => {
  withLocks({ request: (_name: string, _options: object, work: () => Promise<unknown>) => work() });
  let times = 0;
  const failing = async (): Promise<never> => {
    times++;
    throw new Error('full');
  };
  await expect(withLock('a', undefined, failing)).rejects.toThrow('full');
  expect(times).toBe(1);
  withLocks({ request: async () => Promise.reject(new DOMException('enough', 'AbortError')) });
  await expect(withLock('a', AbortSignal.abort(), failing)).rejects.toThrow('enough');
  expect(times).toBe(1);
});
