/** The page's one collection: it stays while other screens are shown. */
import type { ClassPhotos } from '../../contract/calls/data.ts';
import { WORDS } from '../words/words.ts';
import { createCollection, type CollectionStore, type NewPhoto } from './collection.ts';
import { photoOfFile } from './picture.ts';

let thePages: CollectionStore | undefined;

export const ownCollection = (): CollectionStore => (thePages ??= createCollection(WORDS.classes.defaults));

export const isEmpty = ({ getState }: CollectionStore): boolean =>
  getState().classes.every(({ photos }) => photos.length === 0);

/** Photos that were kept, each on its side as before, in place of what is there. */
export async function restorePhotos(store: CollectionStore, classes: readonly ClassPhotos[]): Promise<number> {
  const read: { readonly name: string; readonly photos: readonly NewPhoto[] }[] = [];
  for (const { name, train, test } of classes) {
    const photos: NewPhoto[] = [];
    for (const side of ['train', 'test'] as const)
      for (const file of { train, test }[side]) {
        const photo = await photoOfFile(file);
        // The file as it was: what is encoded twice is another picture.
        if (photo) photos.push({ ...photo, file, side });
      }
    read.push({ name, photos });
  }
  store.set({ classes: [], said: [] });
  for (const { name, photos } of read) store.add(store.addClass(name), photos);
  return read.reduce((sum, { photos }) => sum + photos.length, 0);
}
