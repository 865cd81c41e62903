/** The photos of a person's own classes while they are gathered: on the page alone, until they are trained on. */
import { createStore, type Store } from '../store/store.ts';

/** Cut to a square of {@link PHOTO_SIDE} pixels already. */
export type OwnPhoto = {
  readonly id: number;
  /** A JPEG. */
  readonly file: Blob;
  /** Equal where every pixel is. */
  readonly mark: string;
  /** 16 x 16 grey values: how alike two are. */
  readonly look: Uint8Array;
  /** Frames of one recording have one number, and neighbours look alike; null: a photo of its own. */
  readonly recording: number | null;
  /** The side that it was on when it was kept before; null: not decided yet. */
  readonly side: 'train' | 'test' | null;
};

export type NewPhoto = Omit<OwnPhoto, 'id' | 'side'> & Partial<Pick<OwnPhoto, 'side'>>;

export type OwnClass = { readonly id: number; readonly name: string; readonly photos: readonly OwnPhoto[] };

export type Collection = {
  readonly classes: readonly OwnClass[];
  /** The set outlives this page. */
  readonly keep: boolean;
  /** What was left out of what was brought, in sentences. */
  readonly said: readonly string[];
};

export const PHOTO_SIDE = 224;
export const FEWEST_CLASSES = 2;
export const MOST_CLASSES = 10;
/** Of one class; a class of students photographs hundreds. */
export const MOST_PHOTOS = 500;
const LONGEST_NAME = 40;

/** Folders of these names are read as the sides of a set. */
const SIDES = /^(?:train|training|val|valid|validation|test|testing)$/i;

/** Why a name will not do; null: it will. */
export type NameFault = 'empty' | 'sign' | 'side' | 'twice';

export function nameFault(name: string, others: readonly string[]): NameFault | null {
  if (name.trim() === '') return 'empty';
  if (/[/\\,]/.test(name) || /^[._]/.test(name.trim())) return 'sign';
  if (SIDES.test(name.trim())) return 'side';
  return others.some((other) => other.trim().toLowerCase() === name.trim().toLowerCase()) ? 'twice' : null;
}

export type CollectionStore = Store<Collection> & {
  /** @returns the new class's id */
  readonly addClass: (name: string) => number;
  readonly rename: (id: number, name: string) => void;
  readonly removeClass: (id: number) => void;
  /** Leaves out photos that the class has already. @returns how many were left out, and how many there was no room for */
  readonly add: (id: number, photos: readonly NewPhoto[]) => { readonly twice: number; readonly noRoom: number };
  readonly removePhoto: (id: number, photo: number) => void;
  readonly removePhotos: (id: number) => void;
  readonly clear: () => void;
  /** A number for the next recording. */
  readonly nextRecording: () => number;
};

export function createCollection(names: readonly string[]): CollectionStore {
  let last = 0;
  const next = (): number => ++last;
  const fresh = (): readonly OwnClass[] => names.map((name) => ({ id: next(), name, photos: [] }));
  const store = createStore<Collection>({ classes: fresh(), keep: false, said: [] });
  const change = (id: number, of: (old: OwnClass) => OwnClass): void =>
    store.set({ classes: store.getState().classes.map((each) => (each.id === id ? of(each) : each)) });

  return {
    ...store,
    nextRecording: next,
    addClass(name) {
      const id = next();
      store.set({ classes: [...store.getState().classes, { id, name: name.slice(0, LONGEST_NAME), photos: [] }] });
      return id;
    },
    rename: (id, name) => change(id, (old) => ({ ...old, name: name.slice(0, LONGEST_NAME) })),
    removeClass: (id) => store.set({ classes: store.getState().classes.filter((each) => each.id !== id) }),
    add(id, photos) {
      const before = store.getState().classes.find((each) => each.id === id)?.photos ?? [];
      const marks = new Set(before.map(({ mark }) => mark));
      const others = photos.filter(({ mark }) => !marks.has(mark) && marks.add(mark));
      const added = others.slice(0, Math.max(0, MOST_PHOTOS - before.length));
      change(id, (old) => ({
        ...old,
        photos: [...old.photos, ...added.map((photo) => ({ side: null, ...photo, id: next() }))],
      }));
      return { twice: photos.length - others.length, noRoom: others.length - added.length };
    },
    removePhoto: (id, photo) =>
      change(id, (old) => ({ ...old, photos: old.photos.filter((each) => each.id !== photo) })),
    removePhotos: (id) => change(id, (old) => ({ ...old, photos: [] })),
    clear: () => store.set({ classes: fresh(), said: [] }),
  };
}
