/** Results that came with the page: what stands on it until this machine has measured its own. See scripts/results/record.ts. */
import resnet20 from '../../../datasets/recorded/resnet20-cifar10-sample.json' with { type: 'json' };
import type { RunSettings } from '../../contract/run.ts';
import { keyOf, type RecordedResults, type Records, type Summary } from './records.ts';

type Recorded = {
  readonly date: string;
  readonly command: string;
  /** The weights' file, where it is not the bundled one. */
  readonly weights?: string;
  /** Who classified, where it was not tfjs. */
  readonly judge?: string;
  readonly runs: readonly Summary[];
};

/** A JSON file's strings have no narrower type than string; recorded.test.ts checks what is in it. */
function recordsIn(json: unknown): Records {
  const { date, weights, judge, runs } = json as Recorded;
  const recordedWith = [weights, judge].filter((part) => part !== undefined);
  return new Map(runs.map((run) => [keyOf(run.settings), { ...run, recorded: date, recordedWith }]));
}

/** Those of the subject that the page opens on: there with its first picture. */
export const FIRST_RECORDS: Records = recordsIn(resnet20);

/** Those of networks that are brought are fetched when they come into view. */
const LATER: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  'resnet18 imagenette': () => import('../../../datasets/recorded/resnet18-imagenette.json'),
  'resnet50 imagenette': () => import('../../../datasets/recorded/resnet50-imagenette.json'),
};

/** What was recorded of a subject, where that did not come with the page's first picture; null: nothing was. */
export async function recordsOf({ model, dataset }: Pick<RunSettings, 'model' | 'dataset'>): Promise<Records | null> {
  const name = `${model} ${dataset}`;
  return Object.hasOwn(LATER, name) ? recordsIn((await LATER[name]()).default) : null;
}

export const RECORDED: RecordedResults = { first: FIRST_RECORDS, of: recordsOf };
