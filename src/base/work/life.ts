/**
 * Signs of life out of a long computation. A worker that computes without a pause answers no question; whoever watches it
 * hears these instead, and so need not wait for minutes to know a worker that loops from one that works.
 */

/** Milliseconds between two signs. */
const EVERY_MS = 250;

let tell: (() => void) | null = null;
let told = -Infinity;

/** @param to hears the signs, at any time, in the middle of a computation too; null: nobody does */
export function hearLife(to: (() => void) | null): void {
  tell = to;
  told = -Infinity;
}

/** To be called between the pieces of a computation, each of which ends for certain: layers, columns, pages. Costs nothing. */
export function alive(): void {
  if (!tell) return;
  const now = performance.now();
  if (now - told < EVERY_MS) return;
  told = now;
  tell();
}
