/** The lab's worker: all that computes runs here, behind the protocol. */
import { ortWasmUrl } from '../runtime/wasmUrl.ts';
import { answersFrom } from './answers.ts';
import { browserResources } from './browser.ts';
import type { Request } from './protocol.ts';
import { serve } from './serve.ts';

const handle = serve(answersFrom(browserResources, new URL(ortWasmUrl, self.location.href).href), (response, handedOver = []) => self.postMessage(response, { transfer: handedOver }));

self.addEventListener('message', ({ data }: MessageEvent<Request>) => void handle(data));
