/** The lab's answers about ONNX Runtime: the race, and photos classified at several bitwidths. */
import { createClassifier, type Classifier } from './classify.ts';
import type { Engine } from '../engine/engine.ts';
import { createRacer, type Racer } from './inTurn.ts';
import { race } from './race.ts';
import { score } from './score.ts';
import type { Resources } from '../resources.ts';
import type { AbsentLane, RuntimeCalls } from '../../contract/calls/race.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { LANES } from '../../contract/engines.ts';
import type { Answers } from '../rpc/answers.ts';

const ONE_THREAD = 'The page is not cross-origin isolated, so WebAssembly has one thread only.';

/** @param working runs work for the engine that is open */
export function runtimeAnswers(
  working: <T>(work: (engine: Engine) => Promise<T>) => Promise<T>,
  { lanes, createDecode, helpers }: Resources,
): Answers<RuntimeCalls & Pick<Calls, 'score'>> {
  let made: { readonly engine: Engine; readonly classifier: Classifier } | null = null;
  let raced: { readonly engine: Engine; readonly racer: Racer } | null = null;

  /** One for as long as the engine is: its networks stay open. */
  function classifierOf(engine: Engine): Classifier {
    if (made?.engine !== engine) made = { engine, classifier: createClassifier(engine, createDecode()) };
    return made.classifier;
  }

  /** It remembers what it timed, and races that again. */
  function racerOf(engine: Engine): Racer {
    if (raced?.engine !== engine) raced = { engine, racer: createRacer(engine) };
    return raced.racer;
  }

  async function absentLanes(): Promise<readonly AbsentLane[]> {
    const reasons = await Promise.all(LANES.map(async (lane) => ({ lane, reason: await lanes.whyAbsent(lane) })));
    const alone = helpers.threads === 1 ? [{ lane: 'fewbit-all' as const, reason: ONE_THREAD }] : [];
    return [...alone, ...reasons.flatMap(({ lane, reason }) => (reason === null ? [] : [{ lane, reason }]))];
  }

  return {
    absentLanes,
    score: (settings, control) => working((engine) => score(engine, settings, control, racerOf(engine))),
    race: (args, control) => working((engine) => race(engine, lanes, args, control)),
    classify: (args, control) => working((engine) => classifierOf(engine).classify(args, control)),
  };
}
