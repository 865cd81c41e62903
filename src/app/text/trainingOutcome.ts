/** What a training gave, beside what it began with and the float network, in a sentence that follows the numbers. */
import type { TrainingState } from '../../contract/calls/training.ts';
import { toldApart } from '../../contract/wilson.ts';
import { WORDS } from '../words/words.ts';
import { bitsName, count, percent } from './format.ts';

/** Top-1 of the three networks on the same test images, each in 0..1. */
export type Compared = { readonly rounded: number; readonly trained: number; readonly float: number };

/**
 * Which network is used was decided on the images kept apart, never on the test images: so the sentence can say that
 * training gained there and lost here.
 * @param images how many test images the three were measured on
 */
export function trainingOutcome(
  { validations, best }: Pick<TrainingState, 'validations' | 'best'>,
  bits: number | null,
  images: number,
  { rounded, trained, float }: Compared,
): string {
  const words = WORDS.staircase.outcome;
  const [name, tested] = [bitsName(bits), count(images)];
  if (best?.step === 0) return words.kept(name, percent(best.top1), percent(rounded), percent(float), tested);
  const sentence = words.compared(name, percent(rounded), percent(trained), percent(float), tested);
  const apart = toldApart(rounded, trained, images);
  if (trained > rounded) return apart ? sentence : `${sentence} ${words.perhapsLuck(tested)}`;
  const start = validations.find(({ step }) => step === 0);
  const learned = best && start && best.top1 > start.top1;
  const why = learned ? words.onlyApart(percent(start.top1), percent(best.top1)) : words.noGain;
  return `${sentence} ${why}`;
}
