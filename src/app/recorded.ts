/** Results that came with the page: what stands on it until this machine has measured its own. See scripts/record.ts. */
import json from '../../datasets/recorded/resnet20-cifar10-sample.json';
import type { RunSettings } from '../lab/protocol.ts';
import { settingsKey } from '../lab/settings.ts';
import type { Summary } from './measurements.ts';

type Recorded = { readonly date: string; readonly command: string; readonly runs: readonly Summary[] };

/** A JSON file's strings have no narrower type than string; recorded.test.ts checks what is in it. */
export const RECORDED = json as unknown as Recorded;

/** A recorded run answers for any number of images: it says of how many it is. */
const keyOf = (settings: RunSettings): string => settingsKey({ ...settings, images: 0, seed: 0 });

const byKey = new Map(RECORDED.runs.map((run) => [keyOf(run.settings), { ...run, recorded: RECORDED.date }]));

export const recordedRun = (settings: RunSettings): Summary | undefined => byKey.get(keyOf(settings));
