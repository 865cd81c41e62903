/** An imported set, opened for reading: labels at once, pictures when asked for. */
import { sha256 } from '../bytes/fingerprint.ts';
import type { SplitName } from '../import/folder.ts';
import { ENCODING } from '../store/imageStore.ts';
import type { ImageManifest, ImageStore, ShardIndex } from '../store/imageStore.ts';
import type { Bytes } from '../types.ts';
import type { Decode, Picture } from './picture.ts';

/** One split of an imported set. Pictures have sizes of their own. */
export type PhotoSet = {
  readonly count: number;
  readonly classes: readonly string[];
  /** [count], each an index into `classes`. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** Reads and decodes one image. @throws when its shard is damaged; the set is marked so */
  readonly picture: (image: number) => Promise<Picture>;
};

export type OpenedSet = {
  readonly manifest: ImageManifest;
  readonly train: PhotoSet;
  readonly test: PhotoSet;
  /** The longest shorter side of any image as it is kept, in pixels: none has more to show. */
  readonly side: number;
};

/** Shards held after they were read, in bytes: Imagenette at 160 fits whole. */
export const HELD_BYTES = 256 * 1024 * 1024;

type ReadShard = (split: SplitName, place: number, expected: ShardIndex) => Promise<Bytes>;

/** Reads shards and checks each against its SHA-256. A set that is found damaged is marked so, and offered no more. */
const createCheckedReader =
  (store: ImageStore, manifest: ImageManifest): ReadShard =>
  async (split, place, expected) => {
    const { name } = manifest;
    const bytes = await store.shard(name, split, place);
    if (bytes && (await sha256(bytes)) === expected.sha256) return bytes;
    await store.putManifest({ ...manifest, complete: false, damaged: true });
    throw new Error(
      `The stored copy of ${name} is damaged: a part of its ${split} split ${bytes ? 'has changed' : 'is gone'}. Import it again, or remove it.`,
    );
  };

/** As `read`, holding the shards last used. */
function createHoldingReader(read: ReadShard): ReadShard {
  const held = new Map<string, Promise<Bytes>>();
  const sizes = new Map<string, number>();

  return (split, place, expected) => {
    const key = `${split} ${place}`;
    const reading = held.get(key) ?? read(split, place, expected);
    held.delete(key);
    held.set(key, reading);
    sizes.set(key, expected.offsets[expected.count]);
    let total = 0;
    for (const other of held.keys()) total += sizes.get(other) ?? 0;
    for (const oldest of held.keys()) {
      if (total <= HELD_BYTES || oldest === key) break;
      held.delete(oldest);
      total -= sizes.get(oldest) ?? 0;
    }
    return reading;
  };
}

async function openSplit(
  store: ImageStore,
  { name, classes }: ImageManifest,
  split: SplitName,
  readShard: ReadShard,
  decode: Decode,
): Promise<PhotoSet & { readonly side: number }> {
  const indexes = await store.indexes(name, split);
  const count = indexes.reduce((sum, index) => sum + index.count, 0);
  const labels = new Int32Array(count);
  /** For each image, its shard and its place in it. */
  const shards = new Int32Array(count);
  const places = new Int32Array(count);
  let image = 0;
  let side = 0;
  indexes.forEach((index, shard) => {
    const toClass = index.classes.map((className) => classes.indexOf(className));
    for (let place = 0; place < index.count; place++, image++) {
      labels[image] = toClass[index.labels[place]];
      shards[image] = shard;
      places[image] = place;
      side = Math.max(side, Math.min(index.heights[place], index.widths[place]));
    }
  });

  const picture = async (wanted: number): Promise<Picture> => {
    if (!Number.isInteger(wanted) || wanted < 0 || wanted >= count)
      throw new RangeError(`Image ${wanted} was asked for, but the set holds images 0 to ${count - 1}.`);
    const index = indexes[shards[wanted]];
    const place = places[wanted];
    const shard = await readShard(split, shards[wanted], index);
    const bytes = shard.slice(index.offsets[place], index.offsets[place + 1]);
    if (index.encodings[place] === ENCODING.file) return decode(bytes, `${name}, ${split} image ${wanted}`);
    return { height: index.heights[place], width: index.widths[place], pixels: bytes };
  };

  return { count, classes, labels, picture, side };
}

/**
 * @param decode for the images that are kept as files
 * @returns null when there is no complete set of that name
 */
export async function openImageSet(store: ImageStore, name: string, decode: Decode): Promise<OpenedSet | null> {
  const manifest = await store.manifest(name);
  if (!manifest?.complete) return null;
  const readShard = createHoldingReader(createCheckedReader(store, manifest));
  const train = await openSplit(store, manifest, 'train', readShard, decode);
  const test = await openSplit(store, manifest, 'test', readShard, decode);
  return { manifest, train, test, side: Math.max(train.side, test.side) };
}

/**
 * Reads every part of a complete set and compares it with its SHA-256.
 * @param onPart told after each, of how many
 * @returns how many parts there are
 * @throws when one is damaged; the set is marked so
 */
export async function checkImageSet(
  store: ImageStore,
  manifest: ImageManifest,
  onPart?: (done: number, total: number) => void,
): Promise<number> {
  const read = createCheckedReader(store, manifest);
  const parts: { split: SplitName; place: number; index: ShardIndex }[] = [];
  for (const split of ['train', 'test'] as const)
    (await store.indexes(manifest.name, split)).forEach((index, place) => parts.push({ split, place, index }));
  for (const [done, { split, place, index }] of parts.entries()) {
    await read(split, place, index);
    onPart?.(done + 1, parts.length);
  }
  return parts.length;
}
