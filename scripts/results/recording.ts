/** A record of runs, kept cell by cell: one that was cut goes on where it stopped. */
import { settingsKey } from '../../src/contract/settings.ts';
import type { RunResult, RunSettings } from '../../src/contract/run.ts';

/**
 * What ran it is absent where it was recorded before results said so; so is `right`: which test images it got right, as
 * `packFlags` packs them.
 */
export type RecordedRun = Omit<RunResult, 'predictions' | 'confidences' | 'engine'> &
  Partial<Pick<RunResult, 'engine'>> & { readonly right?: string };

/**
 * Runs of the wanted settings in their order, those that are known taken over.
 * @param keep writes what there is so far: after each cell that was measured, and at the end
 */
export async function recordRuns(
  wanted: readonly RunSettings[],
  known: readonly RecordedRun[],
  measure: (settings: RunSettings) => Promise<RecordedRun>,
  keep: (runs: readonly RecordedRun[]) => Promise<void>,
): Promise<void> {
  const runs = new Map(known.map((run) => [settingsKey(run.settings), run]));
  const there = (): RecordedRun[] => wanted.flatMap((settings) => runs.get(settingsKey(settings)) ?? []);
  for (const settings of wanted) {
    const key = settingsKey(settings);
    if (runs.has(key)) continue;
    runs.set(key, await measure(settings));
    await keep(there());
  }
  await keep(there());
}
