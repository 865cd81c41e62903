/** How often a network answers as the float network does: of any images, whether or not somebody knows what is on them. */
import { shareRight } from '../../src/contract/counted.ts';
import { LabError } from '../../src/contract/errors.ts';
import type { RunResult } from '../../src/contract/run.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import type { Stages, SubjectNames } from '../../src/lab/stages/stages.ts';
import type { Subject } from '../../src/lab/stages/subject.ts';

export type Compared = {
  readonly subject: Subject;
  /** 'float' where the network does not know the images' classes; undefined: answers are compared with labels. */
  readonly against: 'float' | undefined;
  /** What is to be said of it; null: nothing. */
  readonly why: string | null;
};

/** @throws as `stages.subject`, but not where the network does not know the classes of the images */
export async function subjectOf(stages: Stages, { model, dataset, side }: SubjectNames): Promise<Compared> {
  const names = { model, dataset, side };
  try {
    return { subject: await stages.subject(names), against: undefined, why: null };
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'unknownClasses') throw error;
    const subject = await stages.subject({ ...names, against: 'float' });
    return { subject, against: 'float', why: `${error.message} ${MEANWHILE}` };
  }
}

const MEANWHILE =
  'Until then no answer is right or wrong: rows say agreement, the share of images on which a network answers as the float network does.';

type Answers = Pick<RunResult, 'predictions' | 'kl'>;

/**
 * Keys of a row: `agreement` with the float network, top-1, with its 95% interval; and where nothing else is measured
 * `against` and the mean KL divergence `kl`, in nats.
 */
export function agreementOf({ predictions, kl }: Answers, float: Answers, against: Compared['against']): object {
  const agreement = shareRight(predictions, float.predictions);
  const { low, high } = wilson95(agreement, predictions.length);
  return { agreement, agreementInterval: [low, high], ...(against && { against }), ...(kl !== undefined && { kl }) };
}
