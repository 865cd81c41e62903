/** How often a network answers as the float network does: of any images, whether or not somebody knows what is on them. */
import { shareRight } from '../../src/contract/counted.ts';
import type { RunResult } from '../../src/contract/run.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import type { Compared } from '../../src/lab/stages/compared.ts';

/** Said behind why nobody knows the right answers. */
export const MEANWHILE =
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
