/** How the page is served and built: isolated (for WASM threads), under any path, all heavy code in the worker. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** SharedArrayBuffer, and so threads, exist only on a page that is cross-origin isolated. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/**
 * tfjs starts its WASM threads from the source text of a factory function (`toString` into a Blob), and minification
 * renames the one variable which that text reads from outside itself: every thread would die of a ReferenceError.
 * Always undefined in a worker, it can simply go.
 */
function selfContainedThreads(): Plugin {
  return {
    name: 'self-contained-tfjs-threads',
    enforce: 'pre',
    transform: {
      filter: { id: /tfjs-backend-wasm-threaded-simd\.js/ },
      handler: (code) => ({
        code: code.replace('typeof _scriptDir !== "undefined" && _scriptDir', 'false').replace('||_scriptDir', ''),
        map: null,
      }),
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [react()],
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, rolldownOptions: { checks: { pluginTimings: false } } },
});
