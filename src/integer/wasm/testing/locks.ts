/** Locks that tell of a worker's life: the browser frees what a worker held when it is gone, however it went. */

export const RUNNER_LOCK = 'integer engine: the worker that runs';
export const HELPER_LOCK = 'integer engine: its helper';

/** Resolves when this thread has the lock, which it never gives back. */
export const holdLock = (name: string): Promise<void> =>
  new Promise((held) => {
    void navigator.locks.request(name, () => {
      held();
      return new Promise(() => undefined);
    });
  });

/** Resolves when nobody holds the lock any more. */
export const lockFreed = (name: string): Promise<void> => navigator.locks.request(name, () => undefined);

export async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}
