/** What Snap draws, as SVG paths: two of them, so that a move of the slider changes two attributes. */
import type { SnapGrid } from '../../../contract/calls/inspect.ts';

/** The most weights in one step anywhere: of the float histogram as of the spikes, so that both have one axis. */
export function mostPerStep({ float, spikes, lo, hi }: SnapGrid): number {
  const perBin = float.length / (hi - lo);
  let most = 0;
  for (const n of spikes) if (n > most) most = n;
  for (const n of float) if (n * perBin > most) most = n * perBin;
  return most;
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
