/** The photos of a person's own classes: an ordinary set of images once they are here. The datasets' worker calls this. */
import { plural } from '../../base/text/plural.ts';
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import type { DatasetCalls, DroppedFile } from '../../contract/calls/data.ts';
import { zipEntries } from '../../data/archives/zip.ts';
import { blobSource } from '../../data/import/byteSource.ts';
import { isLitter, kindOfName } from '../../data/layout/names.ts';
import { ENCODING, type ImageStore } from '../../data/store/imageStore.ts';
import { importPrepared, removeSet, type DatasetHost } from './datasets.ts';

const SPLITS = ['train', 'test'] as const;

/** As the page hands photos over: cut to this side already. */
const SIDE = 224;

/**
 * Keeps the photos as a set, in place of those that were there: in the browser's storage, or until the page closes.
 * @throws where there are fewer than two classes, or a split has no photo
 */
export async function importClasses(
  host: DatasetHost,
  { classes, keep }: DatasetCalls['importClasses']['args'],
): Promise<DatasetCalls['importClasses']['result']> {
  const name = OWN_CLASSES.dataset;
  await removeSet(host, name);
  const files = classes.flatMap((each) =>
    SPLITS.flatMap((split) => each[split].map((blob, i) => ({ path: `${split}/${each.name}/${i}.jpg`, blob }))),
  );
  const input = { kind: 'folder', name, files } as const;
  const where = keep ? host : { ...host, store: host.memory };
  const { message } = await importPrepared({ ...where, keepSide: SIDE }, name, [input], {
    expected: { classes: classes.map((each) => each.name) },
  });
  return { message: keep ? message : null };
}

/** The photos that are kept, as files, class by class; null: there are none. */
export async function ownPhotos({ store, memory }: DatasetHost): Promise<DatasetCalls['ownPhotos']['result']> {
  for (const from of [store, memory]) {
    const manifest = await from.manifest(OWN_CLASSES.dataset);
    if (!manifest?.complete) continue;
    const photos = { train: await filesOf(from, 'train'), test: await filesOf(from, 'test') };
    return {
      kept: from.kind === 'indexeddb',
      classes: manifest.classes.map((name) => ({
        name,
        train: photos.train.get(name) ?? [],
        test: photos.test.get(name) ?? [],
      })),
    };
  }
  return null;
}

async function filesOf(
  store: ImageStore,
  split: (typeof SPLITS)[number],
): Promise<ReadonlyMap<string, readonly Blob[]>> {
  const name = OWN_CLASSES.dataset;
  const found = new Map<string, Blob[]>();
  for (const [place, index] of (await store.indexes(name, split)).entries()) {
    const bytes = await store.shard(name, split, place);
    if (!bytes) throw new Error(`The stored copy of ${name} lost a part: record the photos again.`);
    for (let i = 0; i < index.count; i++) {
      if (index.encodings[i] !== ENCODING.file) continue;
      const label = index.classes[index.labels[i]];
      const file = new Blob([bytes.slice(index.offsets[i], index.offsets[i + 1])], { type: 'image/jpeg' });
      found.set(label, [...(found.get(label) ?? []), file]);
    }
  }
  return found;
}

/** Pictures that are taken out of one zip, at most: a class photographs hundreds. */
const MOST_PICTURES = 5_000;
const MOST_BYTES = 500_000_000;

/**
 * The pictures in a zip with their paths, such as Teachable Machine's samples.
 * @throws Error naming it, where it is damaged, holds no picture or too many
 */
export async function picturesInZip(file: File): Promise<readonly DroppedFile[]> {
  const entries = await zipEntries(blobSource(file, file.name));
  const pictures = entries.filter(({ path }) => !isLitter(path) && kindOfName(path) === 'picture');
  if (pictures.length === 0)
    throw new Error(`${file.name} holds no pictures: drop a zip whose folders are the classes, with photos in them.`);
  if (pictures.length > MOST_PICTURES)
    throw new Error(
      `${file.name} holds ${plural(pictures.length, 'picture')}, and of one zip at most ${MOST_PICTURES} are taken: bring it on the data screen, as a set of images.`,
    );
  const files: DroppedFile[] = [];
  let total = 0;
  for (const { path, read } of pictures) {
    const bytes = await read();
    total += bytes.length;
    if (total > MOST_BYTES)
      throw new Error(
        `The pictures in ${file.name} are more than 500 MB: bring it on the data screen, as a set of images.`,
      );
    files.push({ path, file: new File([bytes], path.split('/').at(-1) ?? path) });
  }
  return files;
}
