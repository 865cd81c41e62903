/** Which photos a network learns from, and which are kept apart to measure it on. */
import type { OwnClass, OwnPhoto } from './collection.ts';

export type SplitClass = {
  readonly name: string;
  readonly train: readonly OwnPhoto[];
  readonly test: readonly OwnPhoto[];
  /** Frames between the two sides of a recording: on neither. */
  readonly between: readonly OwnPhoto[];
};

/** One photo of so many is kept apart. */
const FOLD = 5;

/** A recording of so many frames can spare one between its sides. */
const LONG = 10;

function recordings(photos: readonly OwnPhoto[]): readonly (readonly OwnPhoto[])[] {
  const found = new Map<number, OwnPhoto[]>();
  for (const photo of photos) {
    if (photo.recording === null) continue;
    const frames = found.get(photo.recording);
    if (frames) frames.push(photo);
    else found.set(photo.recording, [photo]);
  }
  return [...found.values()];
}

/**
 * Of a recording its last fifth in time is kept apart, with a frame left out between, so that neighbours, which look alike,
 * are not on both sides. Of single photos each fifth is. What was kept before stays on its side.
 */
export function splitClass({ name, photos }: OwnClass): SplitClass {
  const test = new Set(photos.filter(({ side }) => side === 'test'));
  const between = new Set<OwnPhoto>();
  const open = photos.filter(({ side }) => side === null);
  for (const frames of recordings(open)) {
    const apart = Math.round(frames.length / FOLD);
    const first = frames.length - apart;
    if (apart > 0) for (const frame of frames.slice(first)) test.add(frame);
    if (apart > 0 && frames.length >= LONG) between.add(frames[first - 1]);
  }
  open.filter(({ recording }) => recording === null).forEach((photo, i) => i % FOLD === FOLD - 1 && test.add(photo));
  // A class without any is measured on nothing.
  const last = photos.at(-1);
  if (test.size === 0 && photos.length > 1 && last) test.add(last);
  return {
    name: name.trim(),
    train: photos.filter((photo) => !test.has(photo) && !between.has(photo)),
    test: photos.filter((photo) => test.has(photo)),
    between: photos.filter((photo) => between.has(photo)),
  };
}

export const canTrain = (split: readonly SplitClass[]): boolean =>
  split.length >= 2 && split.every(({ train, test }) => train.length > 0 && test.length > 0);
