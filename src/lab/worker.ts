/** The lab's worker: all that computes runs here, behind the protocol. */
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { answersFrom } from './answers.ts';
import { browserResources } from './browser.ts';
import type { Request } from './protocol.ts';
import { serve } from './serve.ts';

const handle = serve(answersFrom(browserResources, new URL(ortWasm, self.location.href).href), (response) => self.postMessage(response));

self.addEventListener('message', ({ data }: MessageEvent<Request>) => void handle(data));
