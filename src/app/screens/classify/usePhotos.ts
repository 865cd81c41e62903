/** The photos on the screen, row by row, with what is known of each. */
import { useEffect, useMemo } from 'react';
import type { Lab } from '../../../lab/rpc/client.ts';
import type { Photo } from '../../../contract/calls/race.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { Progress } from '../../../contract/progress.ts';
import { useStore } from '../../store/useStore.ts';
import {
  createPhotoStore,
  isDone,
  keyOfSettings,
  NOTHING_KNOWN,
  type PhotoAnswer,
  type PhotoNote,
  type PhotoStore,
} from './photoStore.ts';

export type PhotoRow = {
  readonly photo: Photo;
  readonly seen: PhotoNote['seen'];
  /** One for each of the settings, in their order; null: not answered yet. */
  readonly answers: readonly (PhotoAnswer | null)[];
};

export type Classification = {
  readonly rows: readonly PhotoRow[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  readonly threads: number | null;
  /** Whether every photo has its answers and times. */
  readonly complete: boolean;
  readonly progress: Progress | null;
  readonly failure: string | null;
  readonly retry: () => void;
};

/** What is known stays, so that a screen that is left and opened again is as it was. */
const STORES = new WeakMap<Lab, PhotoStore>();

function storeOf(lab: Lab): PhotoStore {
  const store = STORES.get(lab) ?? createPhotoStore(lab);
  STORES.set(lab, store);
  return store;
}

/** @param settings one for each bitwidth; equal ones must be the same in JSON */
export function useClassification(
  lab: Lab,
  photos: readonly Photo[],
  settings: readonly RunSettings[],
): Classification {
  const store = storeOf(lab);
  const { notes, progress, failure, threads } = useStore(store);
  const asked = JSON.stringify(settings);
  const wanted = useMemo(() => JSON.parse(asked) as readonly RunSettings[], [asked]);
  useEffect(() => store.want(photos, wanted), [store, photos, wanted]);
  useEffect(() => () => store.want([], []), [store]);

  const keys = wanted.map(keyOfSettings);
  const known = photos.map((photo) => ({ photo, note: notes.get(photo) ?? NOTHING_KNOWN }));
  return {
    rows: known.flatMap(({ photo, note: { seen, refused, answers } }) =>
      refused === null ? [{ photo, seen, answers: keys.map((key) => answers.get(key) ?? null) }] : [],
    ),
    refused: known.flatMap(({ photo, note: { refused } }) =>
      refused === null ? [] : [{ name: photo.name, reason: refused }],
    ),
    threads,
    complete: keys.length > 0 && known.every(({ note }) => isDone(note, keys)),
    progress,
    failure,
    retry: () => store.want(photos, wanted),
  };
}

/** Photos as bytes, in the order in which they were given. */
export const readPhotos = (files: readonly File[]): Promise<Photo[]> =>
  Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
