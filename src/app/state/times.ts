/** How long networks take, everywhere from one race: pairs that were run in turn, never one of this race and one of that. */
import type { EngineName } from '../../contract/engines.ts';
import type { Latency, RunSettings, ScoreResult } from '../../contract/run.ts';
import { networkKey } from '../../contract/settings.ts';
import type { State } from './state.ts';

/** A network and its float32 self, run in turn. */
export type Pair = {
  readonly settings: RunSettings;
  readonly engine: EngineName;
  readonly threads: number;
  readonly latency: Latency;
  readonly float32: Latency;
};

/** What ONNX Runtime Web took, in the same score. */
export const onnxPair = ({ settings, threads, latency, float32Latency }: ScoreResult): Pair => ({
  settings,
  engine: 'onnxruntime-web',
  threads,
  latency,
  float32: float32Latency,
});

/** The pair of this network in a score's race in our engine; of a session saved before there was one, ONNX Runtime's. */
export function pairIn(score: ScoreResult, settings: RunSettings = score.settings): Pair | undefined {
  const same = networkKey(settings) === networkKey(score.settings);
  if (!score.race) return same ? onnxPair(score) : undefined;
  const { engine, threads, entries } = score.race;
  const found = entries.find((each) => networkKey(each.settings) === networkKey(settings));
  const float32 = entries.find((each) => each.settings.scheme === null);
  return found && float32 && { settings, engine, threads, latency: found.latency, float32: float32.latency };
}

/** From the last race that the network took part in: each race repeats those that ran before. */
export function pairOf({ scores }: Pick<State, 'scores'>, settings: RunSettings): Pair | undefined {
  for (const score of [...scores.values()].reverse()) {
    const pair = pairIn(score, settings);
    if (pair) return pair;
  }
  return undefined;
}
