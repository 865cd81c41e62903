/** What Snap draws, as SVG paths: two of them, so that a move of the slider changes two attributes. */
import type { SnapGrid } from '../../../contract/calls/inspect.ts';

/** The most float weights in one step anywhere: the top of the float area's scale. */
export const mostPerStep = ({ float, lo, hi }: SnapGrid): number =>
  (float.reduce((most, n) => Math.max(most, n), 0) * float.length) / (hi - lo);

/** The most weights at one level: the top of the spikes' scale, which grows as the bits fall. */
export const mostAtLevel = ({ spikes }: SnapGrid): number => spikes.reduce((most, n) => Math.max(most, n), 1);

/** A mark under the axis at every level of the grid, whether or not a weight has it. */
export function levelsPath(
  { spikes, first }: SnapGrid,
  x: (step: number) => number,
  y: number,
  length: number,
): string {
  return Array.from(spikes, (_, i) => `M${x(first + i).toFixed(1)} ${y.toFixed(1)}v${length.toFixed(1)}`).join('');
}

/** The float weights as a stepped area, in weights per step. */
export function areaPath(
  { float, lo, hi }: SnapGrid,
  x: (step: number) => number,
  y: (perStep: number) => number,
): string {
  const width = (hi - lo) / float.length;
  let path = `M${x(lo).toFixed(1)} ${y(0).toFixed(1)}`;
  for (let i = 0; i < float.length; i++)
    path += `V${y(float[i] / width).toFixed(1)}H${x(lo + (i + 1) * width).toFixed(1)}`;
  return `${path}V${y(0).toFixed(1)}Z`;
}

/** A bar at each value of the grid that some weight has, `thickness` pixels wide. */
export function spikesPath(
  { spikes, first }: SnapGrid,
  x: (step: number) => number,
  y: (perStep: number) => number,
  thickness: number,
): string {
  let path = '';
  for (let i = 0; i < spikes.length; i++) {
    if (spikes[i] === 0) continue;
    const left = (x(first + i) - thickness / 2).toFixed(1);
    path += `M${left} ${y(0).toFixed(1)}V${y(spikes[i]).toFixed(1)}h${thickness.toFixed(1)}V${y(0).toFixed(1)}Z`;
  }
  return path;
}

/** The one of the weights whose w / scale is nearest to `step`. */
export function nearestWeight({ ways: { ratio } }: SnapGrid, step: number): number {
  let nearest = 0;
  for (let i = 1; i < ratio.length; i++) if (Math.abs(ratio[i] - step) < Math.abs(ratio[nearest] - step)) nearest = i;
  return nearest;
}

/** The zero point that all of the grid's channels share, or null. */
export const sharedZeroPoint = ({ spikes, first, qmin, qmax }: SnapGrid): number | null =>
  spikes.length === qmax - qmin + 1 ? qmin - first : null;
