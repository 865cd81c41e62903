/** One tab at a time works on a dataset; the others wait for it. */

/**
 * Runs `work` while no other tab of this origin holds the lock. A tab that closes lets go of it. Where the browser has
 * no Web Locks (and in Node, where nobody else writes) it simply runs.
 * @param signal ends the waiting
 */
export async function withLock<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return work();
  return locks.request(`fewbit ${name}`, signal ? { signal } : {}, work);
}
