/**
 * The service worker: the page without a network, and isolated where its host cannot say so. Hashed assets come from the
 * stored copy, all else from the network where that answers; every answer carries COOP, COEP and the page's policy. What
 * is stored is compared with the copy's list before it is used, and fetched again where it is not the same.
 */
import { asKept, cacheName, cacheNames, FROM_COPY, isExpected, LOOSELY, openCopy } from './copy.ts';
import type { Copy, OfflineFile } from './copy.ts';
import { HEADERS, policyFor } from './headers.ts';

/** A network that does not answer for so long is none, where there is a copy. */
const PATIENCE_MS = 5000;

/** What only this page's own index.html holds: a network's login page does not. */
const MARK = 'name="application-name"';

type ExtendableEvent = Event & { readonly waitUntil: (work: Promise<unknown>) => void };
type FetchEvent = ExtendableEvent & {
  readonly request: Request;
  readonly clientId: string;
  readonly resultingClientId: string;
  readonly respondWith: (response: Promise<Response>) => void;
};
type Scope = {
  readonly registration: { readonly scope: string; readonly unregister: () => Promise<boolean> };
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  readonly addEventListener: (kind: string, listener: (event: FetchEvent) => void) => void;
};

const worker = self as unknown as Scope;
const { scope } = worker.registration;

/** By cache name; a copy does not change once it is complete. */
const opened = new Map<string, Copy>();
/** Frames that are answered from one version's copy alone. */
const frames = new Map<string, string>();

function withHeaders(response: Response, path: string): Response {
  // An opaque or redirected answer cannot be written anew.
  if (response.status === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  headers.set('Content-Security-Policy', policyFor(path));
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const bodyless = response.status === 204 || response.status === 304;
  return new Response(bodyless ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

/** The copy of this version, or the newest that is complete. */
async function copyOf(version: string | undefined): Promise<Copy | null> {
  const names = version === undefined ? (await cacheNames(scope)).toReversed() : [cacheName(scope, version)];
  for (const name of names) {
    const copy = opened.get(name) ?? (await openCopy(scope, name));
    if (!copy) continue;
    opened.set(name, copy);
    return copy;
  }
  return null;
}

const urlOf = ({ path }: OfflineFile): string => new URL(path, scope).href;

/** What is stored, if it is what the list says: compared each time. */
async function kept({ cache }: Copy, file: OfflineFile): Promise<Response | null> {
  const found = await cache.match(urlOf(file), LOOSELY);
  if (!found) return null;
  const body = await found.arrayBuffer();
  if (await isExpected(body, file)) return asKept(body, found);
  await cache.delete(urlOf(file), LOOSELY);
  return null;
}

/** From the server, and into the copy if it is what the list says. */
async function healed({ cache }: Copy, file: OfflineFile, request: Request): Promise<Response> {
  const response = await fetch(request, { cache: 'reload' });
  const body = await response.clone().arrayBuffer();
  if (response.ok && (await isExpected(body, file))) await cache.put(urlOf(file), asKept(body, response));
  return response;
}

/** Whether this is the host's answer, not a login page's or an error's. */
async function isOurs(response: Response, file: OfflineFile): Promise<boolean> {
  if (!response.ok) return false;
  if (file.path === 'index.html') return (await response.clone().text()).includes(MARK);
  return !response.headers.get('content-type')?.startsWith('text/html');
}

async function networkFirst(copy: Copy, file: OfflineFile, request: Request): Promise<Response> {
  const answer = fetch(request);
  const tooLate = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const response = await Promise.race([answer, tooLate]).catch(() => null);
  if (response && (await isOurs(response, file))) return response;
  return (await kept(copy, file)) ?? response ?? answer;
}

/** Clears what is stored and ends this worker: the page is loaded from the network alone. */
async function reset(): Promise<Response> {
  for (const name of await cacheNames(scope)) await caches.delete(name);
  opened.clear();
  await worker.registration.unregister();
  return Response.redirect(scope);
}

async function answer({ request, clientId, resultingClientId }: FetchEvent): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const isPage = request.mode === 'navigate';
  if (isPage && searchParams.has('reset')) return reset();
  const asked = isPage ? searchParams.get(FROM_COPY) : null;
  if (asked !== null) frames.set(resultingClientId, asked);
  const version = frames.get(isPage ? resultingClientId : clientId);
  const copy = await copyOf(version);
  const path = decodeURIComponent(pathname.slice(new URL(scope).pathname.length)) || 'index.html';
  const file = copy?.list.files.find((one) => one.path === path);
  if (version !== undefined) return (copy && file && (await kept(copy, file))) ?? Response.error();
  if (!copy || !file) return fetch(request);
  if (!path.startsWith('assets/')) return networkFirst(copy, file, request);
  return (await kept(copy, file)) ?? healed(copy, file, request);
}

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  // A Range request wants a part; the cache has wholes. Downloads from elsewhere are the page's own affair.
  if (request.method !== 'GET' || !request.url.startsWith(scope) || request.headers.has('range')) return;
  const { pathname } = new URL(event.request.url);
  event.respondWith(answer(event).then((response) => withHeaders(response, pathname)));
});
