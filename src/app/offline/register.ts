/** Starts the service worker, and where the host sends no COOP and COEP loads the page once more under the worker's. */

const RELOADED = 'fewbit-isolated';

export const hasServiceWorker = (): boolean => 'serviceWorker' in navigator;

/** Never throws: the page works without it. */
export async function startServiceWorker(): Promise<void> {
  if (!hasServiceWorker()) return;
  try {
    await navigator.serviceWorker.register('./sw.js', { type: 'module' });
  } catch {
    return;
  }
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED)) return;
  const reload = (): void => {
    sessionStorage.setItem(RELOADED, 'once');
    location.reload();
  };
  if (navigator.serviceWorker.controller) reload();
  else navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
}
