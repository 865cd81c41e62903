/** The import: read, decode and store overlap; it goes on where it broke off, and ends complete and checked or not at all. */
import { isQuotaExceeded } from '../store/database.ts';
import { isAbort, isNetworkError } from '../download/request.ts';
import { withLock } from '../store/lock.ts';
import { addContent, contentHex, emptyContent } from '../store/content.ts';
import type { ImageManifest, ImageStore, ShardIndex } from '../store/imageStore.ts';
import { moveSet } from '../store/memoryStore.ts';
import { createShardWriter } from '../store/shardWriter.ts';
import type { KeptImage } from '../store/shardWriter.ts';
import type { Fingerprint } from '../types.ts';
import type { ByteSource } from './byteSource.ts';
import { checkExpected } from './expected.ts';
import type { Expected } from './expected.ts';
import type { SplitName } from './folder.ts';
import { keepImage } from './keep.ts';
import type { KeepOptions } from './keep.ts';
import { mapAhead } from './mapAhead.ts';
import { readSamples } from './samples.ts';
import type { ImportInput, Sample } from './samples.ts';
import { createWatch } from './watch.ts';

const SPLITS = ['train', 'test'] as const;

/** Images being decoded at once. */
const DECODING = 4;

export type ImportProgress = {
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  readonly images: number;
};

export type ImportRequest = KeepOptions & {
  /** The set's key in the store. */
  readonly name: string;
  readonly inputs: readonly ImportInput[];
  readonly expected?: Expected;
  /** Of the split, where no folder says it. */
  readonly seed: number;
  readonly store: ImageStore;
  /** Takes over when `store` is full. */
  readonly whenFull: ImageStore;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
};

export type Imported = {
  readonly manifest: ImageManifest;
  readonly store: ImageStore;
  /** null, or what the user must know: the storage was full. */
  readonly message: string | null;
};

const nameOf = (input: ImportInput): string => (input.kind === 'file' ? input.source.name : input.name);

/** Tells this import from another of the same name. */
const originOf = ({ inputs, keepSide, seed }: ImportRequest): string =>
  JSON.stringify([
    keepSide,
    seed,
    ...inputs.map((input) =>
      input.kind === 'file'
        ? [input.source.identity, input.split]
        : input.files.map(({ path, blob }) => [path, blob.size]),
    ),
  ]);

const isResumable = (error: unknown): boolean => isAbort(error) || isNetworkError(error);

/** Images by class, in the order of `classes`. */
function countByClass(indexes: readonly ShardIndex[], classes: readonly string[]): number[] {
  const counts = classes.map(() => 0);
  for (const index of indexes) for (const label of index.labels) counts[classes.indexOf(index.classes[label])]++;
  return counts;
}

function contentOf(indexes: readonly ShardIndex[]): string {
  const sum = emptyContent();
  for (const index of indexes) addContent(sum, index.content);
  return contentHex(sum);
}

const sumOf = (indexes: readonly ShardIndex[], value: (index: ShardIndex) => number): number =>
  indexes.reduce((sum, index) => sum + value(index), 0);

/** The classes in their published order, else by name. */
function classesOf(indexes: readonly ShardIndex[], expected: Expected | undefined): string[] {
  const found = [...new Set(indexes.flatMap(({ classes }) => classes))];
  const known = expected?.classes;
  return known && found.every((name) => known.includes(name))
    ? known.filter((name) => found.includes(name))
    : found.sort((a, b) => (a < b ? -1 : 1));
}

async function describeStored(
  store: ImageStore,
  manifest: ImageManifest,
  expected: Expected | undefined,
): Promise<ImageManifest> {
  const [train, test] = [await store.indexes(manifest.name, 'train'), await store.indexes(manifest.name, 'test')];
  const classes = classesOf([...train, ...test], expected);
  return {
    ...manifest,
    classes,
    images: { train: sumOf(train, ({ count }) => count), test: sumOf(test, ({ count }) => count) },
    counts: { train: countByClass(train, classes), test: countByClass(test, classes) },
    content: { train: contentOf(train), test: contentOf(test) },
    storedBytes: sumOf([...train, ...test], ({ offsets, count }) => offsets[count]),
  };
}

/** As the input, with the bytes of ranges counted as those of streams are. */
function counted(input: ImportInput, onBytes: (count: number) => void): ImportInput {
  if (input.kind !== 'file') return input;
  const slice: ByteSource['slice'] = async (start, end) => {
    const bytes = await input.source.slice(start, end);
    onBytes(bytes.length);
    return bytes;
  };
  return { ...input, source: { ...input.source, slice } };
}

function checkFile(name: string, measured: Fingerprint, expected: Partial<Fingerprint>): void {
  if (expected.bytes !== undefined && measured.bytes !== expected.bytes) {
    throw new Error(
      `${name} is ${measured.bytes} bytes long, not ${expected.bytes}: it is not the file expected. Nothing was kept.`,
    );
  }
  if (expected.sha256 !== undefined && measured.sha256 !== expected.sha256) {
    throw new Error(
      `${name} is damaged or not the file expected: its SHA-256 is ${measured.sha256.slice(0, 8)}…, not ${expected.sha256.slice(0, 8)}…. Nothing was kept.`,
    );
  }
}

/**
 * Imports images into the store. An import that was paused, or whose connection or page was lost, goes on with the
 * first image that is not stored when it is asked for again with the same inputs. A second tab waits for the first.
 *
 * @returns the manifest of the complete set
 * @throws NetworkError or AbortError when it can be resumed; any other error when the files are not good, and then
 *   nothing of them is left in the store
 */
export const importImages = (request: ImportRequest): Promise<Imported> =>
  withLock(`dataset ${request.name}`, request.signal, async () => {
    try {
      return await importLocked(request);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (isResumable(error)) throw error;
      for (const store of [request.store, request.whenFull]) await store.remove(request.name);
      for (const input of request.inputs) if (input.kind === 'file') await input.source.forget();
      throw error;
    }
  });

async function importLocked(request: ImportRequest): Promise<Imported> {
  const { name, inputs, expected, seed, signal, onProgress } = request;
  let { store } = request;
  let message: string | null = null;
  const origin = originOf(request);

  const before = await store.manifest(name);
  if (before?.origin === origin && before.complete) return { manifest: before, store, message };
  if (before && (before.damaged || before.origin !== origin)) await store.remove(name);

  const sizes = inputs.map((input) => (input.kind === 'file' ? input.source.bytes : sumBlobs(input)));
  let manifest: ImageManifest = {
    name,
    origin,
    from: inputs.map(nameOf).join(', '),
    downloads: inputs.flatMap((input) =>
      input.kind === 'file' && input.source.url !== null ? [input.source.url] : [],
    ),
    complete: false,
    doneBytes: 0,
    totalBytes: sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null,
    images: { train: 0, test: 0 },
    classes: [],
    counts: { train: [], test: [] },
    sha256: {},
    verified: 'first use',
    content: { train: '', test: '' },
    storedBytes: 0,
  };

  /** A full store is not the end: what is there moves to the other one. */
  const unlessFull = async (write: (store: ImageStore) => Promise<void>): Promise<void> => {
    try {
      await write(store);
    } catch (error) {
      if (!isQuotaExceeded(error) || store === request.whenFull) throw error;
      await moveSet(name, store, request.whenFull);
      store = request.whenFull;
      message = `The browser's storage is full, so ${name} is kept in memory and must be imported again next time. Remove other datasets to make room.`;
      await write(store);
    }
  };

  await unlessFull((to) => to.putManifest(manifest));
  const stored = { train: await store.indexes(name, 'train'), test: await store.indexes(name, 'test') };
  const already = { train: sumOf(stored.train, ({ count }) => count), test: sumOf(stored.test, ({ count }) => count) };
  const progress = { doneBytes: 0, images: 0 };
  const seen = { train: 0, test: 0 };
  const putShard: ImageStore['putShard'] = (...shard) =>
    unlessFull(async (to) => {
      await to.putShard(...shard);
      await to.putManifest({ ...manifest, doneBytes: progress.doneBytes, images: { ...seen } });
    });
  const writerFor = (split: SplitName) => createShardWriter(putShard, name, split, stored[split].length);
  const writers = { train: writerFor('train'), test: writerFor('test') };

  const report = (): void => onProgress?.({ ...progress, totalBytes: manifest.totalBytes });
  const onBytes = (count: number): void => {
    progress.doneBytes += count;
    report();
  };

  const keep = async ({
    sample,
    wanted,
  }: {
    sample: Sample;
    wanted: boolean;
  }): Promise<{ split: SplitName; image: KeptImage | null }> => ({
    split: sample.split,
    image: wanted ? await keepImage(await sample.load(), request) : null,
  });

  const sha256: Record<string, string> = {};
  try {
    for (const [place, input] of inputs.entries()) {
      const start = progress.doneBytes;
      const watch = createWatch(nameOf(input), onBytes);
      const samples = async function* () {
        for await (const sample of readSamples(counted(input, onBytes), seed, watch)) {
          signal?.throwIfAborted();
          yield { sample, wanted: seen[sample.split]++ >= already[sample.split] };
        }
      };
      for await (const { split, image } of mapAhead(samples(), DECODING, keep)) {
        if (image) await writers[split].add(image);
        progress.images++;
        if (progress.images % 100 === 0) report();
      }
      if (input.kind === 'file') {
        const measured = await watch.done();
        if (measured) {
          checkFile(input.source.name, measured, input.source.expected);
          sha256[input.source.name] = measured.sha256;
        }
      }
      progress.doneBytes = Math.max(progress.doneBytes, start + (sizes[place] ?? 0));
      report();
    }
    for (const split of SPLITS) await writers[split].flush();
  } catch (error) {
    // Nothing came and nothing was there: there is nothing to go on with.
    if (progress.doneBytes === 0 && already.train + already.test === 0) await store.remove(name);
    throw error;
  } finally {
    // A write that ended after its set was removed would leave a shard that nobody knows of.
    for (const split of SPLITS) await writers[split].settle();
  }

  const published =
    Boolean(expected?.content) ||
    inputs.every(
      (input) => input.kind === 'file' && input.source.expected.sha256 !== undefined && sha256[input.source.name],
    );
  manifest = await describeStored(
    store,
    {
      ...manifest,
      complete: true,
      doneBytes: progress.doneBytes,
      sha256,
      verified: published ? 'published' : 'first use',
    },
    expected,
  );
  checkExpected(manifest, expected ?? {});
  await unlessFull((to) => to.putManifest(manifest));
  for (const input of inputs) if (input.kind === 'file') await input.source.forget();
  return { manifest, store, message };
}

const sumBlobs = ({ files }: Extract<ImportInput, { kind: 'folder' }>): number =>
  files.reduce((sum, { blob }) => sum + blob.size, 0);
