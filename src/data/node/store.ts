/** Imported images as files of a folder, for the headless twin: a second run starts in seconds. The page never loads this. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageManifest, ImageStore, ShardIndex } from '../store/imageStore.ts';

type JsonIndex = {
  readonly [K in keyof ShardIndex]: ShardIndex[K] extends ArrayLike<number> ? readonly number[] : ShardIndex[K];
};

const toJson = (index: ShardIndex): string =>
  JSON.stringify(index, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value));

function fromJson(text: string): ShardIndex {
  const index = JSON.parse(text) as JsonIndex;
  return {
    ...index,
    labels: Int32Array.from(index.labels),
    offsets: Int32Array.from(index.offsets),
    heights: Int32Array.from(index.heights),
    widths: Int32Array.from(index.widths),
    encodings: Uint8Array.from(index.encodings),
    content: Uint32Array.from(index.content),
  };
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A file, or undefined where there is none. */
const readIfThere = (path: string): Promise<Buffer<ArrayBuffer> | undefined> =>
  readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

/** A file is there whole or not at all; of two that are written at once the last to be finished stays. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  await writeFile(part, content);
  await rename(part, path);
}

/** @param folder is made when the first set is stored */
export function createFolderStore(folder: string): ImageStore {
  const folderOf = (name: string): string => join(folder, encodeURIComponent(name));
  const manifestOf = (name: string): string => join(folderOf(name), 'manifest.json');
  const shardOf = (name: string, split: string, place: number): string =>
    join(folderOf(name), `${split}-${String(place).padStart(5, '0')}`);

  const manifest = async (name: string): Promise<ImageManifest | undefined> => {
    const text = await readIfThere(manifestOf(name));
    return text && (JSON.parse(text.toString()) as ImageManifest);
  };

  return {
    kind: 'folder',
    async manifests() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      const found = await Promise.all(names.map((name) => manifest(decodeURIComponent(name))));
      return found.filter((known) => known !== undefined);
    },
    manifest,
    async putManifest(made) {
      await mkdir(folderOf(made.name), { recursive: true });
      await writeWhole(manifestOf(made.name), JSON.stringify(made));
    },
    /** The index is written last: a shard without one is not there. */
    async putShard(name, split, place, { index, bytes }) {
      await writeWhole(`${shardOf(name, split, place)}.bin`, bytes);
      await writeWhole(`${shardOf(name, split, place)}.json`, toJson(index));
    },
    async indexes(name, split) {
      const found: ShardIndex[] = [];
      for (;;) {
        const text = await readIfThere(`${shardOf(name, split, found.length)}.json`);
        if (!text) return found;
        found.push(fromJson(text.toString()));
      }
    },
    async shard(name, split, place) {
      const bytes = await readIfThere(`${shardOf(name, split, place)}.bin`);
      return bytes && new Uint8Array(bytes);
    },
    remove: (name) => rm(folderOf(name), { recursive: true, force: true }),
  };
}

/**
 * The folder, filled by `fill` unless it is there already. It appears whole or not at all: two processes that fill it at
 * once do not meet, and what a failed one wrote is removed.
 * @param fill given another folder beside it
 */
export async function keepFolder(folder: string, fill: (made: string) => Promise<void>): Promise<string> {
  const isThere = (): Promise<boolean> =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (await isThere()) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(`${folder}.part-`);
  try {
    await fill(made);
    await rename(made, folder).catch(async (error: unknown) => {
      // Another process was first.
      if (!(await isThere())) throw error;
    });
    return folder;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
