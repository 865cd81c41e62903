/**
 * The service worker: the page without a network, and isolated where its host cannot say so. Hashed assets come from
 * the cache, all else from the network where there is one; every answer carries COOP and COEP. Imports nothing: it is
 * one file at the page's root.
 */

const CACHE = 'fewbit-page';

/** What a page must say to be cross-origin isolated, and so have threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

type ExtendableEvent = Event & { readonly waitUntil: (work: Promise<unknown>) => void };
type FetchEvent = ExtendableEvent & {
  readonly request: Request;
  readonly respondWith: (response: Promise<Response>) => void;
};
type Scope = {
  readonly registration: { readonly scope: string };
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  readonly addEventListener: (kind: string, listener: (event: FetchEvent) => void) => void;
};

const scope = self as unknown as Scope;

function isolated(response: Response): Response {
  // An opaque or redirected answer cannot be written anew.
  if (response.status === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const bodyless = response.status === 204 || response.status === 304;
  return new Response(bodyless ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

const kept = async (request: Request): Promise<Response | undefined> =>
  (await caches.open(CACHE)).match(request, { ignoreSearch: true });

async function answer(request: Request): Promise<Response> {
  const hashed = request.url.startsWith(`${scope.registration.scope}assets/`);
  const known = hashed ? await kept(request) : undefined;
  if (known) return isolated(known);
  try {
    return isolated(await fetch(request));
  } catch (error) {
    const stored = await kept(request);
    if (stored) return isolated(stored);
    throw error;
  }
}

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  // A Range request wants a part; the cache has wholes. Downloads from elsewhere are the page's own affair.
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope) || request.headers.has('range'))
    return;
  event.respondWith(answer(request));
});
