/** Predict first: what a student expects of 4 bits, said before it is shown. */
import type { Link } from './link.ts';
import type { State } from './state.ts';

/** `share`: the accuracy expected at 4 bits, in 0..1. */
export type Guess = { readonly kind: 'open' } | { readonly kind: 'made'; readonly share: number } | { readonly kind: 'passed' };

/** The bitwidth that is guessed; it and all below stay hidden until then. */
export const GUESSED_BITS = 4;

/** A link that shows 4 bits, or hides the guess, has decided. */
export const startingGuess = ({ bits, hide }: Link): Guess => ({ kind: bits <= GUESSED_BITS || hide.includes('guess') ? 'passed' : 'open' });

/** Whether what was measured at this bitwidth (null: 32-bit float) must wait for the guess. */
export const concealed = ({ guess }: Pick<State, 'guess'>, bits: number | null): boolean => guess.kind === 'open' && bits !== null && bits <= GUESSED_BITS;
