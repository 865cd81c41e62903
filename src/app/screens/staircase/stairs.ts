/** The rounding of one weight as numbers: the staircase, its slope, and the slope that training uses. */
import type { Bits } from '../../../quant/types.ts';

/** A symmetric grid over -1 .. 1, as weights have below 8 bits. */
export type Grid = { readonly scale: number; readonly qmin: number; readonly qmax: number };

export function gridOf(bits: Bits): Grid {
  const qmax = 2 ** (bits - 1) - 1;
  const qmin = bits === 8 ? -qmax : -qmax - 1;
  return { scale: 1 / -qmin, qmin, qmax };
}

/** How far the drawing reaches to each side. */
export const REACH = 1.3;

/** Half to even, as integers round; the numbers here are small. */
function halfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

export const rounded = (w: number, { scale, qmin, qmax }: Grid): number =>
  Math.min(qmax, Math.max(qmin, halfToEven(w / scale))) * scale;

/** Straight-through (Bengio et al. 2013): 1 where the grid reaches, 0 where the weight is clipped. */
export const straightThrough = (w: number, { scale, qmin, qmax }: Grid): 0 | 1 =>
  w >= qmin * scale && w <= qmax * scale ? 1 : 0;

/** Where the staircase rises, in real numbers. */
export const boundaries = ({ scale, qmin, qmax }: Grid): number[] =>
  Array.from({ length: qmax - qmin }, (_, i) => (qmin + i + 0.5) * scale);

export type StairRow = { readonly w: number; readonly after: number; readonly slope: 0 | 1 };

/** The chart's table: both ends of each stair. */
export function stairRows(grid: Grid): StairRow[] {
  const ends = [-REACH, ...boundaries(grid).flatMap((at) => [at - grid.scale / 1000, at + grid.scale / 1000]), REACH];
  return ends.map((w) => ({ w, after: rounded(w, grid), slope: straightThrough(w, grid) }));
}
