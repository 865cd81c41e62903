/** How the page is served and built: isolated (for WASM threads), under any path, all heavy code in the worker. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import project from './package.json' with { type: 'json' };
import { licences } from './scripts/build/licences.ts';
import { offline, policyTag } from './scripts/build/offline.ts';
import { commitOf } from './scripts/commit.ts';
import { CONTENT_SECURITY_POLICY, HEADERS, ISOLATION, policyFor } from './src/app/offline/headers.ts';

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

/** The preview's answer for each path carries that path's policy. */
function policyByPath(): Plugin {
  return {
    name: 'policy-by-path',
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use(({ url = '' }, response, next) => {
        const set = response.setHeader.bind(response);
        const policy = policyFor(url.split('?')[0]);
        response.setHeader = (name, value) => set(name, name === 'Content-Security-Policy' ? policy : value);
        next();
      });
    },
  };
}

/** What a row of the page's experiments says it was made with. */
const PROVENANCE = {
  versions: { fewbit: project.version, tfjs: project.dependencies['@tensorflow/tfjs'] },
  commit: commitOf(import.meta.dirname),
};

export default defineConfig({
  base: './',
  define: { 'import.meta.env.VITE_PROVENANCE': JSON.stringify(PROVENANCE) },
  plugins: [react(), policyTag(CONTENT_SECURITY_POLICY), licences(import.meta.dirname), offline(), policyByPath()],
  server: { headers: ISOLATION },
  preview: { headers: HEADERS },
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
