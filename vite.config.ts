/** How the page is served and built: isolated (for WASM threads), under any path, all heavy code in the worker. */
import react from '@vitejs/plugin-react';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import project from './package.json' with { type: 'json' };
import { commitOf } from './scripts/commit.ts';

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

/** What a row of the page's experiments says it was made with. */
const PROVENANCE = {
  versions: { fewbit: project.version, tfjs: project.dependencies['@tensorflow/tfjs'] },
  commit: commitOf(import.meta.dirname),
};

/**
 * The service worker at the page's root, and offline.json: every file of the build with its bytes, so that the page can
 * say what it is about to store. Written by hand in some 60 lines instead of with Workbox, because it has one thing to do
 * that Workbox does not (COOP and COEP on every answer) and none of its strategies to choose among.
 */
function offline(): Plugin {
  let publicDir = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved: (config) => void (publicDir = config.publicDir),
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/app/offline/serviceWorker.ts', fileName: 'sw.js' });
    },
    generateBundle(_, bundle) {
      const built = Object.values(bundle).map((file) => ({
        path: file.fileName,
        bytes: Buffer.byteLength(file.type === 'chunk' ? file.code : file.source),
      }));
      const copied = readdirSync(publicDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => ({ path: relative(publicDir, path).replaceAll('\\', '/'), bytes: statSync(path).size }));
      const files = [...built, ...copied].filter(({ path }) => path !== 'sw.js' && !path.endsWith('.map'));
      this.emitFile({ type: 'asset', fileName: 'offline.json', source: JSON.stringify({ files }) });
    },
  };
}

export default defineConfig({
  base: './',
  define: { 'import.meta.env.VITE_PROVENANCE': JSON.stringify(PROVENANCE) },
  plugins: [react(), offline()],
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
