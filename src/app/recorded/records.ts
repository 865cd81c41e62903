/** Recorded results: runs that were measured earlier, elsewhere, and came with the page. */
import type { RunResult, RunSettings } from '../../contract/run.ts';
import { countFlags } from '../../base/flags.ts';
import { settingsKey } from '../../contract/settings.ts';

/**
 * A run without its images. `recorded`: the day, if it was measured earlier and elsewhere; `recordedWith`: with
 * which weights and judge.
 */
export type Summary = Omit<RunResult, 'predictions' | 'confidences' | 'engine'> & {
  /** Absent where it was recorded before results said so. */
  readonly engine?: RunResult['engine'];
  readonly recorded?: string;
  readonly recordedWith?: readonly string[];
  /** Which test images it got right, as `packFlags` packs them; absent where that was not recorded. */
  readonly right?: string;
};

/** Recorded runs by their settings. */
export type Records = ReadonlyMap<string, Summary>;

/** What was recorded of the pair that the page opens on, and how to get what was recorded of another pair. */
export type RecordedResults = {
  readonly first: Records;
  /** null: nothing was recorded of this pair. */
  readonly of: (pair: Pick<RunSettings, 'model' | 'dataset'>) => Promise<Records | null>;
};

/** A recorded run is found whatever number of images is chosen, and says its own number. */
export const keyOf = (settings: RunSettings): string => settingsKey({ ...settings, images: 0, seed: 0 });

/**
 * What was recorded of these settings: on the settings' number of test images, the first of those recorded, where it is
 * known which of them were right; else on as many as were recorded.
 */
export function recordedRun(records: Records, settings: RunSettings): Summary | undefined {
  const run = records.get(keyOf(settings));
  const { images } = settings;
  if (!run?.right || images >= run.settings.images) return run;
  return { ...run, settings: { ...run.settings, images }, top1: countFlags(run.right, images) / images };
}
