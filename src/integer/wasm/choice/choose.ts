/** Which of a layer's exact kernels runs it, and why, in words. */
import type { Candidate, Candidates } from './candidates.ts';
import type { IntegerKernel } from '../kernels.ts';
import type { LayerShape, Timing } from './stopwatch.ts';
import type { OpenOptions } from '../types.ts';

const WORDS = {
  lookUp: 'one look-up sums four activations for 16 channels',
  int8: 'one instruction multiplies 16 pairs of 8 bits',
  int8Sum16: '8-bit products are summed in 16 bits for as long as they fit',
  int16: 'one instruction multiplies 8 pairs of 16 bits',
} as const satisfies Record<IntegerKernel, string>;

export type Chosen = { readonly candidate: Candidate; readonly why: string };

export type Timer = (shape: LayerShape, exact: readonly Candidate[]) => readonly Timing[] | null;

/** @param timer asked where the choice is by time */
export function choose(
  candidates: Candidates,
  how: NonNullable<OpenOptions['choose']>,
  shape: LayerShape,
  timer: Timer,
): Chosen {
  const { exact, refused } = candidates;
  const refusals = refused.map(({ kernel, why }) => `not ${kernel}: ${why}`);
  const timings = (how === 'timed' || how === 'known') && exact.length > 1 ? timer(shape, exact) : null;
  if (timings) {
    const [{ candidate }] = timings;
    const speeds = timings.map(({ candidate: { kernel }, gigaMacs }) => `${kernel} ${gigaMacs.toFixed(0)}`).join(', ');
    return {
      candidate,
      why: [WORDS[candidate.kernel], `billions of multiply-adds a second here: ${speeds}`, ...refusals].join('; '),
    };
  }
  const candidate = exact.find(({ kernel }) => kernel === how) ?? exact[0];
  return { candidate, why: [WORDS[candidate.kernel], ...refusals].join('; ') };
}
