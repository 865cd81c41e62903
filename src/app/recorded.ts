/** Results that came with the page: what stands on it until this machine has measured its own. See scripts/record.ts. */
import resnet18 from '../../datasets/recorded/resnet18-imagenette.json';
import resnet20 from '../../datasets/recorded/resnet20-cifar10-sample.json';
import type { RunSettings } from '../lab/protocol.ts';
import { settingsKey } from '../lab/settings.ts';
import type { Summary } from './measurements.ts';

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
export const RECORDED = [resnet20, resnet18] as unknown as readonly Recorded[];

/** A recorded run answers for any number of images: it says of how many it is. */
const keyOf = (settings: RunSettings): string => settingsKey({ ...settings, images: 0, seed: 0 });

const byKey = new Map(
  RECORDED.flatMap(({ date, weights, judge, runs }) => {
    const recordedWith = [weights, judge].filter((part) => part !== undefined);
    return runs.map((run) => [keyOf(run.settings), { ...run, recorded: date, recordedWith }] as const);
  }),
);

export const recordedRun = (settings: RunSettings): Summary | undefined => byKey.get(keyOf(settings));
