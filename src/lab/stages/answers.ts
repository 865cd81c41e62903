/** What networks have answered so far: a run that was stopped goes on where it was, and one of more images runs those only. */
import { createAnswered, type Answered, type Predicted } from '../../data/predict.ts';
import type { ImageSet } from '../../data/types.ts';
import { networkKey } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';
import { answerImages } from '../engines/answerImages.ts';
import type { Made, OpenNetwork } from '../engines/types.ts';

/** Networks whose answers are kept: float32 and two presets. */
const KEPT = 15;

type Question = Made & {
  readonly settings: RunSettings;
  readonly network: OpenNetwork;
  readonly test: ImageSet;
};

export type Answers = {
  /** @throws the signal's reason, between two batches; what is answered by then is kept */
  readonly of: (question: Question, control: Control) => Promise<Predicted>;
  readonly forget: () => void;
};

/** A training that is begun again ends in other weights, and a file of the same name may be another. */
const isOfItsSettings = ({ method, file }: RunSettings): boolean => method !== 'qat' && file === undefined;

export function createAnswers(): Answers {
  const kept = new Map<string, Answered>();

  return {
    async of({ settings, network, test, ...made }, control) {
      if (!isOfItsSettings(settings)) return answerImages(network, made, test, settings.images, control);
      const key = JSON.stringify([networkKey(settings), network.engine, network.ranOn.description]);
      const begun = kept.get(key) ?? createAnswered();
      // Nobody else adds to it meanwhile.
      kept.delete(key);
      try {
        return await answerImages(network, made, test, settings.images, control, { begun });
      } finally {
        kept.set(key, begun);
        const [oldest] = kept.keys();
        if (kept.size > KEPT) kept.delete(oldest);
      }
    },
    forget: () => kept.clear(),
  };
}
