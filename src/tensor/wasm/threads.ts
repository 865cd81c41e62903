/**
 * Threads for tfjs's WASM backend in a browser.
 *
 * Its C++ caps the pool at half the logical cores it is told of, so two cores always gave one thread, whatever
 * setThreadsCount asked. It is told of twice the threads wanted while it starts, and of the truth afterwards.
 */

/** More than this gains little for the layers of a ResNet and starves the page. */
const MOST_THREADS = 8;

/** WASM threads need SharedArrayBuffer, which browsers give to cross-origin isolated pages only. */
export function usableThreads(cores: number, isolated: boolean): number {
  return isolated ? Math.max(1, Math.min(MOST_THREADS, cores)) : 1;
}

/** Runs `start` (which must initialize the WASM backend) while the cores reported are twice `threads`. */
export async function withBrowserThreads<T>(threads: number, start: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(navigator, 'hardwareConcurrency');
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads, configurable: true });
  try {
    return await start();
  } finally {
    if (own) Object.defineProperty(navigator, 'hardwareConcurrency', own);
    else delete (navigator as { hardwareConcurrency?: number }).hardwareConcurrency;
  }
}
