/** Starts the service worker, and where the host sends no COOP and COEP loads the page once more under the worker's. */
import { pageScope } from './store.ts';

export const hasServiceWorker = (): boolean => 'serviceWorker' in navigator;

/** Two copies of the page on one origin are two pages. */
const reloadedKey = (): string => `fewbit:${new URL(pageScope()).pathname}:isolated`;

/** Never throws: the page works without it. */
export async function startServiceWorker(): Promise<void> {
  if (!hasServiceWorker()) return;
  try {
    await navigator.serviceWorker.register('./sw.js');
    if (crossOriginIsolated || sessionStorage.getItem(reloadedKey())) return;
  } catch {
    return;
  }
  const reload = (): void => {
    sessionStorage.setItem(reloadedKey(), 'once');
    location.reload();
  };
  if (navigator.serviceWorker.controller) reload();
  else navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
}
