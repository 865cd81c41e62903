/** The import: read, decode and store overlap; it goes on where it broke off, and ends complete and checked or not at all. */
import { isQuotaExceeded } from '../store/database.ts';
import { isAbort, isNetworkError } from '../download/request.ts';
import { withLock } from '../store/lock.ts';
import type { ImageManifest, ImageStore } from '../store/imageStore.ts';
import { moveSet } from '../store/memoryStore.ts';
import { createShardWriter } from '../store/shardWriter.ts';
import type { KeptImage } from '../store/shardWriter.ts';
import { faultOf } from '../formats/imageHeader.ts';
import type { Layout } from '../layout/types.ts';
import type { Bytes, Fingerprint } from '../types.ts';
import type { ByteSource } from './byteSource.ts';
import { described, describeStored, sumOf } from './describeStored.ts';
import { checkExpected } from './expected.ts';
import type { Expected } from './expected.ts';
import type { SplitName } from './folder.ts';
import { keepImage } from './keep.ts';
import type { KeepOptions } from './keep.ts';
import { mapAhead } from './mapAhead.ts';
import { readSamples } from './samples.ts';
import { nameOfInput } from './sample.ts';
import type { ImportInput, Sample } from './sample.ts';
import { surveyInputs } from '../trees/survey.ts';
import { createTally, isLeftOutQuestion } from './tally.ts';
import { createWatch } from './watch.ts';
import type { Watch } from './watch.ts';

const SPLITS = ['train', 'test'] as const;

/** Images being decoded at once. */
const DECODING = 4;

export type ImportProgress = {
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  readonly images: number;
  readonly name?: string;
};

export type ImportRequest = KeepOptions & {
  /** The set's key in the store. */
  readonly name: string;
  readonly inputs: readonly ImportInput[];
  readonly expected?: Expected;
  /** Of the split, where no folder says it. */
  readonly seed: number;
  /** The id of a reading of the folders; by default the likely one. */
  readonly reading?: string;
  /** Goes on though more than a fifth of the pictures cannot be read. */
  readonly allowLeftOut?: boolean;
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

/** Tells this import from another of the same name. */
const originOf = ({ inputs, keepSide, seed, reading }: ImportRequest): string =>
  JSON.stringify([
    keepSide,
    reading === undefined ? seed : [seed, reading],
    ...inputs.map((input) =>
      input.kind === 'file'
        ? [input.source.identity, input.split]
        : input.files.map(({ path, blob }) => [path, blob.size]),
    ),
  ]);

const isResumable = (error: unknown): boolean => isAbort(error) || isNetworkError(error) || isLeftOutQuestion(error);

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
 * @throws NetworkError, AbortError or a question about what was left out (isLeftOutQuestion) when it can be resumed; any
 *   other error when the files are not good, and then nothing of them is left in the store
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

type Wanted = { readonly sample: Sample; readonly wanted: boolean };
type Kept = { readonly split: SplitName; readonly image: KeptImage | null };

const countOf = ({ count }: { readonly count: number }): number => count;

async function importLocked(request: ImportRequest): Promise<Imported> {
  const { name, expected, seed, signal, onProgress } = request;
  let { store } = request;
  let message: string | null = null;
  const origin = originOf(request);

  const before = await store.manifest(name);
  if (before?.origin === origin && before.complete) return { manifest: before, store, message };
  if (before && (before.damaged || before.origin !== origin)) await store.remove(name);

  const progress = { doneBytes: 0, images: 0 };
  const report = (): void => onProgress?.({ ...progress, totalBytes: manifest.totalBytes });
  /** What is read to see what there is does not count. */
  let looking = true;
  const onBytes = (count: number): void => {
    if (looking) return;
    progress.doneBytes += count;
    report();
  };
  const inputs = request.inputs.map((input) => counted(input, onBytes));
  const watches = new Map(inputs.map((input) => [input, createWatch(nameOfInput(input), onBytes)]));
  const watchOf = (input: ImportInput): Watch => watches.get(input) as Watch;
  const sizes = inputs.map((input) => (input.kind === 'file' ? input.source.bytes : sumBlobs(input)));
  let manifest: ImageManifest = {
    name,
    origin,
    from: inputs.map(nameOfInput).join(', '),
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

  const goesOn = before?.origin === origin && !before.damaged ? before : undefined;
  const tally = createTally({ paths: goesOn?.skipped ?? [], leftOut: goesOn?.leftOut ?? [] });
  await unlessFull((to) => to.putManifest({ ...manifest, skipped: tally.paths(), leftOut: tally.leftOut() }));
  const stored = { train: await store.indexes(name, 'train'), test: await store.indexes(name, 'test') };
  const already = { train: sumOf(stored.train, countOf), test: sumOf(stored.test, countOf) };
  const seen = { train: 0, test: 0 };
  let recorded = tally.paths().length;
  const putShard: ImageStore['putShard'] = (...shard) =>
    unlessFull(async (to) => {
      const skipped = tally.paths();
      const partial = { ...manifest, skipped, leftOut: tally.leftOut() };
      // Before the shard: an import that goes on must know of each picture up to there that it does not hold.
      if (skipped.length > recorded) await to.putManifest({ ...partial, doneBytes: progress.doneBytes });
      recorded = skipped.length;
      await to.putShard(...shard);
      await to.putManifest({ ...partial, doneBytes: progress.doneBytes, images: { ...seen } });
    });
  const writerFor = (split: SplitName) => createShardWriter(putShard, name, split, stored[split].length);
  const writers = { train: writerFor('train'), test: writerFor('test') };

  const again = (input: ImportInput): ReadableStream<Bytes> =>
    input.kind === 'file' ? watchOf(input).through(input.source.stream()) : new ReadableStream();
  const reading = { seed, reading: request.reading, published: expected?.classes !== undefined };
  const survey = await surveyInputs(inputs, reading, again);
  looking = false;
  let { layout } = survey;
  /** The classes in the order of their numbers, where a file numbers them. */
  let numbered: readonly string[] = [];

  /** A picture that cannot be read leaves the others alone. */
  const keep = async (wanted: Wanted): Promise<Kept> => {
    const { sample } = wanted;
    const { split } = sample;
    if (!wanted.wanted) return { split, image: null };
    const loaded = await sample.load();
    try {
      return { split, image: await keepImage(loaded, request) };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      tally.add(sample.path, fault, (error as Error).message);
      return { split, image: null };
    }
  };

  const sha256: Record<string, string> = {};
  try {
    for (const [place, input] of inputs.entries()) {
      const start = progress.doneBytes;
      const watch = watchOf(input);
      const onLayout = (found: Layout): void => void (layout = found);
      const onClasses = (names: readonly string[]): void => void (numbered = [...new Set([...numbered, ...names])]);
      const samples = async function* (): AsyncGenerator<Wanted> {
        for await (const sample of readSamples(input, survey, { ...reading, watch, onLayout, onClasses })) {
          signal?.throwIfAborted();
          if (tally.has(sample.path)) continue;
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

  const read = sumOf(await store.indexes(name, 'train'), countOf) + sumOf(await store.indexes(name, 'test'), countOf);
  await unlessFull((to) =>
    to.putManifest({ ...manifest, doneBytes: progress.doneBytes, skipped: tally.paths(), leftOut: tally.leftOut() }),
  );
  tally.check(name, read, request.allowLeftOut ?? false);

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
    expected?.classes ?? numbered,
  );
  checkExpected(manifest, expected ?? {}, tally.said());
  manifest = { ...manifest, ...described(manifest, layout, tally.leftOut(), numbered) };
  await unlessFull((to) => to.putManifest(manifest));
  for (const input of inputs) if (input.kind === 'file') await input.source.forget();
  return { manifest, store, message };
}

const sumBlobs = ({ files }: Extract<ImportInput, { kind: 'folder' }>): number =>
  files.reduce((sum, { blob }) => sum + blob.size, 0);
