/** What every answer of the page's host should say. Where a host cannot, the service worker and a meta tag say it. */

/** SharedArrayBuffer, and so threads, exist only on a page that is cross-origin isolated. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** Where datasets and weights are downloaded from, with the hosts that Hugging Face's answers redirect to. */
const DOWNLOAD_HOSTS = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'];

/**
 * Who may embed the page is the host's to say: frame-ancestors is not here. Blobs are scripts because the threads of
 * TensorFlow.js and of ONNX Runtime start from one; only code that already runs can make a blob. Styles may be inline
 * because a chart that is saved as a picture carries its own.
 */
function policy(hosts: readonly string[]): string {
  return Object.entries({
    'default-src': ["'none'"],
    'script-src': ["'self'", 'blob:', "'wasm-unsafe-eval'"],
    'worker-src': ["'self'", 'blob:'],
    'connect-src': ["'self'", 'blob:', 'data:', ...hosts],
    'img-src': ["'self'", 'blob:', 'data:'],
    'media-src': ["'self'", 'blob:'],
    'style-src': ["'self'", "'unsafe-inline'"],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'frame-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
  })
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

export const CONTENT_SECURITY_POLICY = policy(DOWNLOAD_HOSTS);

/** The worker that imports datasets follows a link of the user's, which may lead to any host. No other script may. */
const FOLLOWS_LINKS = /\/assets\/datasetsWorker-[^/]*\.js$/;
const LINK_POLICY = policy(['https:', 'http:']);

/** The policy that the answer for a path carries: a worker goes by its own file's, not by the page's. */
export const policyFor = (path: string): string => (FOLLOWS_LINKS.test(path) ? LINK_POLICY : CONTENT_SECURITY_POLICY);

export const HEADERS = {
  ...ISOLATION,
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
} as const;
