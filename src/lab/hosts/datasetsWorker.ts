/** The datasets' worker: imports run beside the lab's, so that neither waits for the other. */
import { shareStore } from '../../data/store/sharedStore.ts';
import { DATASET_RULES } from '../../contract/calls/rules.ts';
import { serveWorker } from '../rpc/serve.ts';
import { datasetsAnswers } from './datasetsAnswers.ts';
import { browserDatasets, browserShelf } from './datasetsBrowser.ts';

void browserDatasets().then(({ memory }) => shareStore(memory));

serveWorker({ answers: datasetsAnswers(browserDatasets, browserShelf), rules: DATASET_RULES });
