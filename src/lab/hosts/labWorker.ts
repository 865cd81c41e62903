/** The lab's worker: all that computes runs here. */
import { LAB_RULES } from '../../contract/calls/rules.ts';
import { failureCode } from '../failure.ts';
import { serveWorker } from '../rpc/serve.ts';
import { answersFrom } from './answers.ts';
import { browserResources } from './browser.ts';

serveWorker({ answers: answersFrom(browserResources), rules: LAB_RULES, failureCode });
