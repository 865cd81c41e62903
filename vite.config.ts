/** How the page is served and built: isolated (for WASM threads), under any path, all heavy code in the worker. */
import { execFileSync } from 'node:child_process';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import project from './package.json' with { type: 'json' };

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

/** The source that is served or built; null where it is no git checkout. */
function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** What a row of the page's experiments says it was made with. */
const PROVENANCE = { versions: { fewbit: project.version, tfjs: project.dependencies['@tensorflow/tfjs'] }, commit: commit() };

export default defineConfig({
  base: './',
  define: { 'import.meta.env.VITE_PROVENANCE': JSON.stringify(PROVENANCE) },
  plugins: [react()],
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, rolldownOptions: { checks: { pluginTimings: false } } },
});
