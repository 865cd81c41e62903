/** A browser's side of the WASM backend: tfjs's .wasm files from the page's own origin. Never imported by Node. */
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { Platform } from '../backend.ts';
import { withBrowserThreads } from './threads.ts';

export const browserPlatform: Platform = {
  wasmPaths: {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  },
  cores: navigator.hardwareConcurrency,
  isolated: globalThis.crossOriginIsolated,
  withThreads: withBrowserThreads,
};
