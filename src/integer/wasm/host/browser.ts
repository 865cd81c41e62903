/** A browser's helper threads. Never imported by Node. */
import type { Helper } from './helpers.ts';

/** `take` rejects where the worker cannot be started. */
export function startBrowserHelper(): Promise<Helper> {
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module', name: 'integer-helper' });
  return Promise.resolve({
    take: (task) =>
      new Promise((resolve, reject) => {
        worker.onmessage = () => resolve();
        worker.onerror = ({ message }) =>
          reject(new Error(`A helper thread of the integer engine does not run: ${message}`));
        worker.postMessage(task);
      }),
  });
}

/** As many threads as help: helpers need shared memory, which a page has only while it is cross-origin isolated. */
export const usefulThreads = (): number =>
  globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
