/** Evaluations that were made on this machine before, by what decides them: settings, contents, version, device. */
import { fingerprint } from '../../base/bytes/fingerprint.ts';
import type { RunResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';
import { settingsKey } from '../../contract/settings.ts';
import type { Resources, ResultStore } from '../resources.ts';
import type { Stages } from './stages.ts';
import type { Subject } from './subject.ts';

/** What is trained or brought under the same name may be another network by now. */
const isKept = ({ method, file }: RunSettings): boolean => method !== 'qat' && file === undefined;

/** Networks and images, by their contents: another file may have the same name. */
const contents = new WeakMap<Subject['model'] | Subject['dataset'], string>();

function contentOf({ model, dataset }: Subject): string {
  const known = (of: Subject['model'] | Subject['dataset'], arrays: () => Iterable<ArrayBufferView>): string => {
    const mark = contents.get(of) ?? fingerprint(arrays());
    contents.set(of, mark);
    return mark;
  };
  return JSON.stringify([
    model.normalization,
    model.classes,
    dataset.test.classes,
    known(model, () => [...model.weights.values()].map(({ data }) => data)),
    known(dataset, () => [dataset.test.pixels, dataset.test.labels, dataset.train.labels]),
  ]);
}

export type KeptResults = {
  /** As `stages.evaluate`, or what it came to before: then `keptFrom` is the day of that. */
  readonly evaluate: (stages: Stages, settings: RunSettings, control?: Control) => Promise<RunResult>;
};

export function createKeptResults({ results, provenance }: Pick<Resources, 'results' | 'provenance'>): KeptResults {
  /** Some browsers keep nothing, or nothing more. */
  const opened = async (): Promise<ResultStore | null> => (await results?.().catch(() => null)) ?? null;

  async function keyOf(stages: Stages, settings: RunSettings): Promise<string> {
    const { description, threads } = stages.device;
    const { versions = {}, commit = null } = provenance ?? {};
    const content = contentOf(await stages.subject(settings));
    return JSON.stringify([settingsKey(settings), content, versions, commit, description, threads]);
  }

  async function evaluate(stages: Stages, settings: RunSettings, control?: Control): Promise<RunResult> {
    const store = isKept(settings) ? await opened() : null;
    if (!store) return stages.evaluate(settings, control);
    const key = await keyOf(stages, settings);
    const found = await store.load(key).catch(() => null);
    if (found) return { ...found.result, keptFrom: found.day };
    const result = await stages.evaluate(settings, control);
    await store.save(key, result, new Date().toISOString().slice(0, 10)).catch(() => undefined);
    return result;
  }

  return { evaluate };
}
