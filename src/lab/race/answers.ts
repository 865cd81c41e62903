/** The lab's answers about ONNX Runtime: the race, and photos classified at several bitwidths. */
import { whyNoGpu } from '../../integer/webgpu/device.ts';
import { createClassifier, type Classifier } from './classify.ts';
import type { Stages } from '../stages/stages.ts';
import { createRacer, type Racer } from './inTurn.ts';
import { race } from './race.ts';
import { score } from './score.ts';
import type { Resources } from '../resources.ts';
import type { AbsentLane, RuntimeCalls } from '../../contract/calls/race.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { LANES } from '../../contract/engines.ts';
import type { Answers } from '../rpc/answers.ts';

const ONE_THREAD = 'The page is not cross-origin isolated, so WebAssembly has one thread only.';

/** @param working runs work for the stages that are open */
export function runtimeAnswers(
  working: <T>(work: (stages: Stages) => Promise<T>) => Promise<T>,
  { lanes, createDecode, helpers }: Resources,
): Answers<RuntimeCalls & Pick<Calls, 'score'>> {
  let made: { readonly stages: Stages; readonly classifier: Classifier } | null = null;
  let raced: { readonly stages: Stages; readonly racer: Racer } | null = null;

  /** One for as long as the stages are: their networks stay open. */
  function classifierOf(stages: Stages): Classifier {
    if (made?.stages !== stages) made = { stages, classifier: createClassifier(stages, createDecode()) };
    return made.classifier;
  }

  /** It remembers what it timed, and races that again. */
  function racerOf(stages: Stages): Racer {
    if (raced?.stages !== stages) raced = { stages, racer: createRacer(stages) };
    return raced.racer;
  }

  async function absentLanes(): Promise<readonly AbsentLane[]> {
    const reasons = await Promise.all(LANES.map(async (lane) => ({ lane, reason: await lanes.whyAbsent(lane) })));
    const alone = helpers.threads === 1 ? [{ lane: 'fewbit-all' as const, reason: ONE_THREAD }] : [];
    const noGpu = await whyNoGpu();
    const own = noGpu === null ? [] : [{ lane: 'fewbit-webgpu' as const, reason: noGpu }];
    return [...alone, ...own, ...reasons.flatMap(({ lane, reason }) => (reason === null ? [] : [{ lane, reason }]))];
  }

  return {
    absentLanes,
    score: (settings, control) => working((stages) => score(stages, settings, control, racerOf(stages))),
    race: (args, control) => working((stages) => race(stages, lanes, args, control)),
    classify: (args, control) => working((stages) => classifierOf(stages).classify(args, control)),
  };
}
