/** Learning rates over the steps of a run. Pure, so that a resumed run has the rate an uninterrupted one would. */

export type Schedule =
  | { readonly kind: 'constant' }
  /** From the peak to 0 along half a cosine (Loshchilov & Hutter 2017). */
  | { readonly kind: 'cosine' }
  /** A linear rise from peak / 10 over the first `warmup` of the steps, then half a cosine to 0 (after Smith 2018). */
  | { readonly kind: 'oneCycle'; readonly warmup: number };

const halfCosine = (progress: number): number => (1 + Math.cos(Math.PI * progress)) / 2;

/** @param step 0 .. steps - 1 */
export function learningRate(schedule: Schedule, peak: number, step: number, steps: number): number {
  const progress = step / steps;
  switch (schedule.kind) {
    case 'constant':
      return peak;
    case 'cosine':
      return peak * halfCosine(progress);
    case 'oneCycle': {
      const { warmup } = schedule;
      if (progress < warmup) return peak * (0.1 + (0.9 * progress) / warmup);
      return peak * halfCosine((progress - warmup) / (1 - warmup));
    }
  }
}
