/** The lab's worker: all that computes runs here, behind the protocol. */
import { ortWasmUrl } from '../../runtime/wasmUrl.ts';
import { answersFrom } from './answers.ts';
import { browserResources } from './browser.ts';
import { serve } from '../rpc/serve.ts';
import type { Request } from '../../contract/calls/messages.ts';

const handle = serve(
  answersFrom(browserResources, new URL(ortWasmUrl, self.location.href).href),
  (response, handedOver = []) => self.postMessage(response, { transfer: handedOver }),
);

self.addEventListener('message', ({ data }: MessageEvent<Request>) => void handle(data));
