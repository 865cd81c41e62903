/** How many test images are measured: as many as somebody chose, else as many as suit the machine. */
import type { Progress } from '../../contract/progress.ts';
import type { Job } from '../state/job.ts';

/** What a machine is asked for that nobody knows yet. */
export const DEFAULT_IMAGES = 1000;

/** What a slow machine is asked for instead. */
const FEWER = [500, 200, 100] as const;

/** What the control offers, besides all that there are. */
const OFFERED = [100, 200, 500, 1000, 5000] as const;

/** How long 32-bit float, which everything is compared with, may take. */
const PATIENCE_MS = 10_000;

/** How long is watched before anything is decided. */
const WATCHED_MS = 500;

/** `known`: somebody chose, or the machine's speed has been seen. */
export type Pace =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'watched'; readonly at: number; readonly done: number }
  | { readonly kind: 'known' };

export const startingPace = (asked: number): Pace => ({ kind: asked === DEFAULT_IMAGES ? 'unknown' : 'known' });

/** What a report of the lab's work tells of the machine's speed. */
export type Sighting = { readonly job: Job; readonly progress: Progress; readonly at: number };

const isBaseline = ({ job, progress }: Sighting): boolean =>
  job.kind === 'evaluate' && job.settings.scheme === null && progress.unit === 'images' && !progress.behind;

/**
 * The speed is that of 32-bit float after its first batch, which pays for warming up.
 * @returns what is known now, and how many images suit this machine, once that is known
 */
export function watch(pace: Pace, sighting: Sighting): { readonly pace: Pace; readonly images?: number } {
  if (pace.kind === 'known') return { pace };
  const { progress, at } = sighting;
  // Other work went first: the time that took says nothing.
  if (!isBaseline(sighting)) return { pace: { kind: 'unknown' } };
  if (pace.kind === 'unknown') return { pace: { kind: 'watched', at, done: progress.done } };
  const [ms, done] = [at - pace.at, progress.done - pace.done];
  if (ms < WATCHED_MS || done <= 0) return { pace };
  const most = (PATIENCE_MS * done) / ms;
  if (most >= progress.total) return { pace: { kind: 'known' } };
  return { pace: { kind: 'known' }, images: FEWER.find((images) => images <= most) ?? FEWER[FEWER.length - 1] };
}

/** The numbers that the control offers, of `there` images in all. */
export const offeredImages = (there: number, chosen: number): readonly number[] =>
  [...new Set([...OFFERED.filter((images) => images < there), chosen, there])].toSorted((a, b) => a - b);
