/** How the page is served and built: isolated (for WASM threads), under any path, all heavy code in the worker. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** SharedArrayBuffer, and so threads, exist only on a page that is cross-origin isolated. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

export default defineConfig({
  base: './',
  plugins: [react()],
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 4000 },
});
