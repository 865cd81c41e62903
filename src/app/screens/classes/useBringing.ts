/** Photos from files: onto one class, or a folder or zip whole, whose folders are the classes. */
import { useState } from 'react';
import type { DroppedFile } from '../../../contract/calls/data.ts';
import { datasetsStore } from '../../datasets/datasetsStore.ts';
import { MOST_CLASSES, MOST_PHOTOS, type CollectionStore, type NewPhoto } from '../../ownClasses/collection.ts';
import { classesIn, isZip, nameOfZip, spread } from '../../ownClasses/folders.ts';
import { photoOfFile } from '../../ownClasses/picture.ts';
import { WORDS } from '../../words/words.ts';

export type Bringing = {
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly onto: (id: number, files: readonly File[]) => Promise<void>;
  readonly whole: (files: readonly DroppedFile[]) => Promise<void>;
};

const words = WORDS.classes;

/** What zips hold stands in their place: loose pictures in one lie in a folder of its name. */
async function unpacked(files: readonly DroppedFile[]): Promise<readonly DroppedFile[]> {
  const all = await Promise.all(
    files.map(async (each) => {
      if (!isZip(each.file)) return [each];
      const inside = await datasetsStore().datasets.call('unzip', { file: each.file });
      const name = nameOfZip(each.file.name);
      return inside.map(({ path, file }) => ({ path: path.includes('/') ? path : `${name}/${path}`, file }));
    }),
  );
  return all.flat();
}

export function useBringing(store: CollectionStore): Bringing {
  const [progress, setProgress] = useState<Bringing['progress']>(null);
  const say = (...said: readonly string[]): void => store.set({ said: [...store.getState().said, ...said] });

  async function read(files: readonly File[], onDone: () => void): Promise<readonly NewPhoto[]> {
    const photos: NewPhoto[] = [];
    const odd: string[] = [];
    for (const file of files) {
      const photo = await photoOfFile(file);
      if (photo) photos.push(photo);
      else odd.push(file.name);
      onDone();
    }
    if (odd.length > 0) say(words.unreadable(odd.length, odd[0]));
    return photos;
  }

  function add(id: number, name: string, photos: readonly NewPhoto[]): void {
    const { twice, noRoom } = store.add(id, photos);
    if (twice > 0) say(words.twice(twice, name));
    if (noRoom > 0) say(words.noRoom(noRoom, name, MOST_PHOTOS));
  }

  /** @param work is given what counts: it says how many pictures there are, once zips are open, and gets what to call after each */
  async function working(
    files: number,
    work: (counting: (total: number) => () => void) => Promise<void>,
  ): Promise<void> {
    setProgress({ done: 0, total: files });
    try {
      await work((total) => {
        let done = 0;
        setProgress({ done, total });
        return () => setProgress({ done: ++done, total });
      });
    } catch (error) {
      say(words.notRead(error instanceof Error ? error.message : String(error)));
    } finally {
      setProgress(null);
    }
  }

  async function onto(id: number, files: readonly File[]): Promise<void> {
    store.set({ said: [] });
    await working(files.length, async (counting) => {
      const pictures = await unpacked(files.map((file) => ({ path: file.name, file })));
      const name = store.getState().classes.find((each) => each.id === id)?.name ?? '';
      const some = spread(pictures, MOST_PHOTOS);
      if (some.length < pictures.length) say(words.spread(name, some.length, pictures.length));
      add(
        id,
        name,
        await read(
          some.map(({ file }) => file),
          counting(some.length),
        ),
      );
    });
  }

  /** Classes of the same name take the photos; those without photos and a name of their own make room. */
  function classFor(name: string): number | null {
    const { classes } = store.getState();
    const known = classes.find((each) => each.name.trim().toLowerCase() === name.trim().toLowerCase());
    if (known) return known.id;
    const unused = classes.find((each) => each.photos.length === 0 && /\d$/.test(each.name));
    if (unused) store.rename(unused.id, name);
    return unused?.id ?? (classes.length < MOST_CLASSES ? store.addClass(name) : null);
  }

  async function whole(files: readonly DroppedFile[]): Promise<void> {
    store.set({ said: [] });
    await working(files.length, async (counting) => {
      const found = classesIn(await unpacked(files));
      const named = found.flatMap(({ name, files: list }) => (name === null ? [] : [{ name, list }]));
      const onDone = counting(named.reduce((sum, { list }) => sum + Math.min(list.length, MOST_PHOTOS), 0));
      if (named.length < found.length) say(words.noClass);
      const left: string[] = [];
      for (const { name, list } of named) {
        const id = classFor(name);
        if (id === null) {
          left.push(name);
          continue;
        }
        const some = spread(list, MOST_PHOTOS);
        if (some.length < list.length) say(words.spread(name, some.length, list.length));
        add(id, name, await read(some, onDone));
      }
      if (left.length > 0) say(words.tooMany(MOST_CLASSES, left));
    });
  }

  return { progress, onto, whole };
}
