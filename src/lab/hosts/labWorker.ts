/** The lab's worker: all that computes runs here. */
import { ortWasmUrl } from '../../runtime/wasmUrl.ts';
import { LAB_RULES } from '../../contract/calls/rules.ts';
import { failureCode } from '../failure.ts';
import { serveWorker } from '../rpc/serve.ts';
import { answersFrom } from './answers.ts';
import { browserResources } from './browser.ts';

serveWorker({
  answers: answersFrom(browserResources, new URL(ortWasmUrl, self.location.href).href),
  rules: LAB_RULES,
  failureCode,
});
