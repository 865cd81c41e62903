/** How fast an import goes and how long it will take, from the last seconds of its progress. */
import { plural } from '../../base/text/plural.ts';
import type { ImportReport } from '../../contract/calls/data.ts';

export type Moment = { readonly ms: number; readonly doneBytes: number };

/** Long enough to be steady, short enough to follow a change. */
const WINDOW_MS = 5000;

/** The moments that still count, with this one. */
export const withMoment = (moments: readonly Moment[], moment: Moment): Moment[] => [
  ...moments.filter(({ ms }) => ms > moment.ms - WINDOW_MS),
  moment,
];

/** Bytes a second; null before there is anything to tell it by. */
export function speedOf(moments: readonly Moment[]): number | null {
  const [first, last] = [moments[0], moments.at(-1)];
  if (!last || last.ms <= first.ms) return null;
  return ((last.doneBytes - first.doneBytes) / (last.ms - first.ms)) * 1000;
}

const megabytes = (bytes: number): string => (bytes < 1e7 ? (bytes / 1e6).toFixed(1) : String(Math.round(bytes / 1e6)));

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/** "1.2 MB". */
export const formatSize = (bytes: number): string => `${megabytes(bytes)} MB`;

/** "12 of 170 MB, 3.1 MB/s, 51 s left, 4,000 images". */
export function describeProgress({ doneBytes, totalBytes, images }: ImportReport, speed: number | null): string {
  const parts = [totalBytes === null ? formatSize(doneBytes) : `${megabytes(doneBytes)} of ${formatSize(totalBytes)}`];
  if (speed !== null && speed > 0) parts.push(`${megabytes(speed)} MB/s`);
  if (speed !== null && speed > 0 && totalBytes !== null)
    parts.push(`${duration((totalBytes - doneBytes) / speed)} left`);
  if (images !== null) parts.push(plural(images.toLocaleString('en'), 'image'));
  return parts.join(', ');
}
