/** Predict first: what a student expects, said before it is shown. Two questions: the accuracy at 4 bits, and the worst layer. */
import type { Link } from './link.ts';

/** A question that waits for its answer, was answered, or was passed by. */
type Prediction<Answer> =
  { readonly kind: 'open' } | ({ readonly kind: 'made' } & Answer) | { readonly kind: 'passed' };

/** `share`: the accuracy expected at 4 bits, in 0..1. */
export type Guess = Prediction<{ readonly share: number }>;

/** `layer`: the one that is expected to cost the most when it alone is quantized. */
export type LayerGuess = Prediction<{ readonly layer: string }>;

/** The bitwidth that is guessed; it and all below stay hidden until then. */
export const GUESSED_BITS = 4;

/** A link that shows 4 bits, or hides the guess, has decided. */
export const startingGuess = ({ bits, hide }: Pick<Link, 'bits' | 'hide'>): Guess => ({
  kind: bits <= GUESSED_BITS || hide.includes('guess') ? 'passed' : 'open',
});

export const startingLayerGuess = ({ hide }: Pick<Link, 'hide'>): LayerGuess => ({
  kind: hide.includes('guess') ? 'passed' : 'open',
});

/** Whether a result at this bitwidth (null: 32-bit float) stays hidden because the student has not guessed yet. */
export const concealed = (
  { guess, link }: { readonly guess: Guess; readonly link: Pick<Link, 'hide'> },
  bits: number | null,
): boolean => guess.kind === 'open' && !link.hide.includes('guess') && bits !== null && bits <= GUESSED_BITS;
