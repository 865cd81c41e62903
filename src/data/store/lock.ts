/** One tab at a time works on a dataset; the others wait for it. */

/** Where site data are blocked, even asking for the locks may throw. */
function locksHere(): LockManager | undefined {
  try {
    return (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  } catch {
    return undefined;
  }
}

/**
 * Runs `work` while no other tab of this origin holds the lock. A tab that closes lets go of it. Where the browser has
 * no Web Locks or refuses them (and in Node, where nobody else writes) it simply runs.
 * @param signal ends the waiting
 */
export async function withLock<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const locks = locksHere();
  if (!locks) return work();
  let begun = false;
  const locked = (): Promise<T> => {
    begun = true;
    return work();
  };
  try {
    return await locks.request(`fewbit ${name}`, signal ? { signal } : {}, locked);
  } catch (error) {
    if (begun || signal?.aborted) throw error;
    return work();
  }
}
