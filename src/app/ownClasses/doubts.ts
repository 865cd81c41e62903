/** What is doubtful about photos, said before anything is trained on them. */
import type { OwnClass, OwnPhoto } from './collection.ts';

export type Doubt =
  | { readonly kind: 'few'; readonly name: string; readonly photos: number }
  | { readonly kind: 'unequal'; readonly least: string; readonly most: string; readonly times: number }
  /** The same picture in two classes. */
  | { readonly kind: 'both'; readonly names: readonly [string, string]; readonly photos: number }
  | { readonly kind: 'alike'; readonly name: string; readonly frames: number; readonly of: number };

/** A class of fewer photos is learned by heart. */
export const FEW = 10;

/** A class of so many times the photos of another is answered too often. */
const UNEQUAL = 3;

/** Mean difference of grey values, of 255, below which two frames are nearly the same. */
const ALIKE = 2.5;

/** A share of a class's frames from which it is worth a word. */
const MANY = 0.5;

export function areAlike({ look: a }: Pick<OwnPhoto, 'look'>, { look: b }: Pick<OwnPhoto, 'look'>): boolean {
  const sum = a.reduce((total, value, i) => total + Math.abs(value - b[i]), 0);
  return sum / a.length < ALIKE;
}

function alikeFrames(photos: readonly OwnPhoto[]): number {
  return photos.filter((photo, i) => {
    const before = photos[i - 1] as OwnPhoto | undefined;
    return (
      before !== undefined &&
      photo.recording !== null &&
      before.recording === photo.recording &&
      areAlike(photo, before)
    );
  }).length;
}

export function doubtsOf(classes: readonly OwnClass[]): readonly Doubt[] {
  const begun = classes.filter(({ photos }) => photos.length > 0);
  const few = begun
    .filter(({ photos }) => photos.length < FEW)
    .map(({ name, photos }): Doubt => ({ kind: 'few', name, photos: photos.length }));
  const bySize = begun.toSorted((a, b) => a.photos.length - b.photos.length);
  const [least, most] = [bySize.at(0), bySize.at(-1)];
  const times = least && most ? most.photos.length / least.photos.length : 1;
  const unequal: readonly Doubt[] =
    least && most && times >= UNEQUAL ? [{ kind: 'unequal', least: least.name, most: most.name, times }] : [];
  const both = begun.flatMap((one, i) =>
    begun.slice(i + 1).flatMap((other): readonly Doubt[] => {
      const marks = new Set(one.photos.map(({ mark }) => mark));
      const photos = other.photos.filter(({ mark }) => marks.has(mark)).length;
      return photos > 0 ? [{ kind: 'both', names: [one.name, other.name], photos }] : [];
    }),
  );
  const alike = begun.flatMap(({ name, photos }): readonly Doubt[] => {
    const frames = alikeFrames(photos);
    return frames >= MANY * photos.length ? [{ kind: 'alike', name, frames, of: photos.length }] : [];
  });
  return [...few, ...unequal, ...both, ...alike];
}
