/** One tab at a time works on a thing; the others wait for it, or are told. */

/**
 * What sets names of this page apart from those of another copy on the same origin: '' at the origin's root and in Node.
 * A worker of a build lies in the page's assets.
 */
export function pageSuffix(): string {
  if (typeof location === 'undefined') return '';
  const folder = location.pathname.replace(/(?:assets\/)?[^/]*$/, '');
  return folder === '/' ? '' : ` ${folder}`;
}

const lockName = (name: string): string => `fewbit${pageSuffix()} ${name}`;

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
    return await locks.request(lockName(name), signal ? { signal } : {}, locked);
  } catch (error) {
    if (begun || signal?.aborted) throw error;
    return work();
  }
}

/**
 * Runs `work` if no other tab holds the lock.
 * @param refusal the sentence for whoever comes second
 * @throws Error with it
 */
export async function withFreeLock<T>(name: string, refusal: string, work: () => Promise<T>): Promise<T> {
  const locks = locksHere();
  if (!locks) return work();
  return locks.request(lockName(name), { ifAvailable: true }, (lock) => {
    if (!lock) throw new Error(refusal);
    return work();
  });
}
