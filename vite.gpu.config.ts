/** The page that measures a visitor's GPU, built beside the lab: after its list for offline use, of which it is no part. */
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    target: 'es2022',
    emptyOutDir: false,
    assetsDir: 'bench/assets',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8000,
    rolldownOptions: { checks: { pluginTimings: false }, input: 'bench/gpu.html' },
  },
});
