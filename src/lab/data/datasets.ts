/** The datasets: what there is, importing, removing, reading. The datasets' worker and the headless twin both call this. */
import { DATASET_NAMES, DATASETS, datasetTitle, OWN_CLASSES } from '../../contract/catalogue.ts';
import { balancedIndices, randomFor, STREAM } from '../../base/shuffle.ts';
import { downloadSource } from '../../data/download/download.ts';
import type { PartStore } from '../../data/download/parts.ts';
import { importImages } from '../../data/import/importImages.ts';
import type { ImportProgress } from '../../data/import/importImages.ts';
import type { ImportInput } from '../../data/import/sample.ts';
import { streamPhotos, toDataset, toImageSet } from '../../data/photos/photoBatches.ts';
import { checkImageSet, openImageSet } from '../../data/photos/photoSet.ts';
import type { OpenedSet, PhotoSet } from '../../data/photos/photoSet.ts';
import type { Decode } from '../../data/photos/picture.ts';
import { surveyInputs } from '../../data/trees/survey.ts';
import { EXPECTED, SOURCES } from '../../data/sources.ts';
import type { Expected } from '../../data/import/expected.ts';
import type { Source } from '../../data/sources.ts';
import type { ImageManifest, ImageStore } from '../../data/store/imageStore.ts';
import type { Dataset } from '../../data/types.ts';
import { LabError } from '../../contract/errors.ts';
import { KEEP_SIDE, keptBytes } from '../../contract/keptBytes.ts';
import type {
  ContactSheet,
  DatasetCalls,
  DatasetDescription,
  DatasetStatus,
  ImportFrom,
  SourceOffer,
} from '../../contract/calls/data.ts';
import { isLeftOutQuestion } from '../../data/import/tally.ts';
import { describeManifest, describeLayout } from './describe.ts';
import { droppedInputs } from './droppedInputs.ts';

export type DatasetHost = {
  readonly store: ImageStore;
  /** Takes over when the store is full. */
  readonly memory: ImageStore;
  /** null: downloads are not resumed. */
  readonly parts: PartStore | null;
  readonly decode: Decode;
  /** Photos are kept as pixels, not as their files. */
  readonly keepPixels?: boolean;
  /** Photos are kept at this shorter side, whatever the set's own is. */
  readonly keepSide?: number;
};

export type ImportControl = {
  /** The id of a reading of the folders. */
  readonly reading?: string;
  /** Goes on though more than a fifth of the pictures cannot be read. */
  readonly allowLeftOut?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** What must have come, instead of the whole of a known set. */
  readonly expected?: Expected;
};

/** Sets that can be downloaded: listed even before they are here. */
const PUBLISHED = DATASET_NAMES.filter((name) => DATASETS[name].source === 'published');

/** Training photos that are held in memory for calibration; the rest are read when training asks for them. */
const HELD_TRAIN_PHOTOS = 2000;

const SPLIT_SEED = 1;

/** Images up to this size are no photos: training crops them by a few pixels, not by a third. */
const SMALL_SIDE = 64;

/** Of small images so many bytes are held whole: CIFAR-10 at 32 takes 184 MB. */
const HELD_BYTES = 256 * 1024 * 1024;

function keptOf(set: Source['set'], side: number): number | null {
  const { images } = EXPECTED[set];
  return images ? keptBytes(images.train + images.test, null, side) : null;
}

const offer = ({ id, title, licence, files, cors, set, keepSide }: Source): SourceOffer => ({
  id,
  title,
  licence,
  cors,
  url: files[0].url,
  bytes: files.every(({ bytes }) => bytes !== null) ? files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) : null,
  keptBytes: keptOf(set, keepSide),
  verified: EXPECTED[set].content || files.every(({ sha256 }) => sha256 !== null) ? 'published' : 'first use',
});

const status = (name: string, manifest: ImageManifest | undefined, storage: ImageStore['kind']): DatasetStatus => ({
  name,
  title: datasetTitle(name),
  state: !manifest ? 'absent' : manifest.damaged ? 'damaged' : manifest.complete ? 'ready' : 'partial',
  doneBytes: manifest?.doneBytes ?? 0,
  totalBytes: manifest?.totalBytes ?? null,
  from: manifest?.from ?? '',
  storage,
  storedBytes: manifest?.storedBytes ?? 0,
  images: manifest?.images ?? { train: 0, test: 0 },
  classes: manifest?.classes ?? [],
  counts: manifest?.counts ?? { train: [], test: [] },
  verified: manifest?.verified ?? 'first use',
  sources: SOURCES.filter(({ set }) => set === name).map(offer),
  description: manifest?.complete && manifest.leftOut ? describeManifest(manifest) : null,
});

/** Every known set, here or not, then the user's own. */
export async function listSets({ store, memory }: DatasetHost): Promise<DatasetStatus[]> {
  const held = [
    ...(await memory.manifests()).map((manifest) => ({ manifest, kind: memory.kind })),
    ...(await store.manifests()).map((manifest) => ({ manifest, kind: store.kind })),
  ];
  const names = [...new Set([...PUBLISHED, ...held.map(({ manifest }) => manifest.name)])];
  return names.map((name) => {
    const found = held.find(({ manifest }) => manifest.name === name);
    return status(name, found?.manifest, found?.kind ?? store.kind);
  });
}

async function toInputs(
  from: ImportFrom,
  parts: PartStore | null,
  signal: AbortSignal | undefined,
): Promise<{ inputs: ImportInput[]; source: Source | undefined }> {
  const options = { parts, ...(signal ? { signal } : {}) };
  if (from.kind === 'files') return { inputs: await droppedInputs(from.files), source: undefined };
  if (from.kind === 'source') {
    const source = SOURCES.find(({ id }) => id === from.id);
    if (!source)
      throw new Error(`There is no source named ${from.id}; there are ${SOURCES.map(({ id }) => id).join(', ')}.`);
    return {
      inputs: source.files.map((file) => ({
        kind: 'file',
        source: downloadSource(file, options),
        ...(file.split ? { split: file.split } : {}),
      })),
      source,
    };
  }
  const url = URL.canParse(from.url) ? new URL(from.url) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`${from.url} is no web address. It must begin with https:// or http://.`);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
  // A known file from another address must be the same file.
  const known = SOURCES.flatMap(({ files }) => files).find((file) => file.url === url.href);
  const file = { name, url: url.href, bytes: known?.bytes ?? null, sha256: known?.sha256 ?? null };
  return { inputs: [{ kind: 'file', source: downloadSource(file, options) }], source: undefined };
}

const plainName = (text: string): string =>
  text.replace(/\.(?:tar|tgz|gz|zip|parquet)\b.*$/i, '').slice(0, 60) || 'photos';

/**
 * Imports a set, or goes on with one that was interrupted.
 * @param name a known set must then be whole; null: the user's own, under its file's name
 * @returns its name, and what the user must know (the storage was full)
 */
export async function importSet(
  host: DatasetHost,
  name: string | null,
  from: ImportFrom,
  control: ImportControl = {},
): Promise<DatasetCalls['import']['result']> {
  const { inputs, source } = await toInputs(from, host.parts, control.signal);
  const [first] = inputs;
  const set = name ?? source?.set ?? plainName(first.kind === 'file' ? first.source.name : first.name);
  control.onProgress?.({ doneBytes: 0, totalBytes: null, images: 0, name: set });
  return importPrepared(host, set, inputs, control).catch((error: unknown) => {
    if (!isLeftOutQuestion(error)) throw error;
    return { name: set, message: null, question: (error as Error).message };
  });
}

/** As importSet, for inputs that are made already. */
export async function importPrepared(
  host: DatasetHost,
  name: string,
  inputs: readonly ImportInput[],
  { expected, ...control }: ImportControl = {},
): Promise<{ readonly name: string; readonly message: string | null }> {
  const known = Object.hasOwn(EXPECTED, name) ? (name as Source['set']) : null;
  const { message } = await importImages({
    name,
    inputs,
    expected: expected ?? (known ? EXPECTED[known] : undefined),
    keepSide: host.keepSide ?? SOURCES.find(({ set }) => set === known)?.keepSide ?? KEEP_SIDE,
    keepPixels: host.keepPixels,
    seed: SPLIT_SEED,
    store: host.store,
    whenFull: host.memory,
    decode: host.decode,
    ...control,
  });
  // In Node memory is as good a place as any: only the page has another.
  const kept = host.store.kind === 'memory' && host.keepPixels !== true ? notKept(name) : null;
  return { name, message: message ?? kept };
}

const notKept = (name: string): string =>
  `This browser keeps nothing for this page (site data are blocked, or the window is private), so ${name} is in memory until the page closes.`;

/** What files hold, before any picture of them is read. @throws when they are no set, or damaged */
export async function describeFiles(name: string | null, from: ImportFrom): Promise<DatasetDescription | null> {
  if (from.kind !== 'files' || (name !== null && Object.hasOwn(EXPECTED, name))) return null;
  const survey = await surveyInputs(await droppedInputs(from.files), { seed: SPLIT_SEED, published: false });
  return survey.layout && describeLayout(survey.layout);
}

/** What is to be known of an imported set before anything is measured on it. @throws when it is not here */
export async function describeSet(host: DatasetHost, name: string): Promise<DatasetDescription> {
  return describeManifest((await openSet(host, name)).manifest);
}

/** Removes a set, and what of it was downloaded and not yet imported. */
export async function removeSet({ store, memory, parts }: DatasetHost, name: string): Promise<void> {
  for (const url of (await store.manifest(name))?.downloads ?? []) await parts?.remove(url);
  await store.remove(name);
  await memory.remove(name);
}

/** @throws when the set is not here, not whole, or damaged */
export async function openSet({ store, memory, decode }: DatasetHost, name: string): Promise<OpenedSet> {
  if ((await store.manifest(name))?.damaged)
    throw new Error(`The stored copy of ${datasetTitle(name)} is damaged. Import it again, or remove it.`);
  const opened = (await openImageSet(store, name, decode)) ?? (await openImageSet(memory, name, decode));
  if (!opened && name === OWN_CLASSES.dataset)
    throw new LabError(
      'absent',
      'The photos of your own classes are not in this browser: they are kept only where you ask for it, else until the page closes. Record or bring photos on the screen Your own classes.',
    );
  if (!opened) throw new LabError('absent', `${datasetTitle(name)} is not here yet. Import it first.`);
  return opened;
}

/** Compares all of a set with what was imported. @throws when a part has changed: the set is then no longer offered */
export async function checkSet({ store, memory }: DatasetHost, name: string): Promise<string> {
  for (const from of [memory, store]) {
    const manifest = await from.manifest(name);
    if (manifest?.complete)
      return `${datasetTitle(name)} is as it was imported: ${await checkImageSet(from, manifest)} parts compared.`;
  }
  throw new LabError('absent', `${datasetTitle(name)} is not here, or not whole: there is nothing to check.`);
}

/** The first `perClass` test images of each class. */
export async function contactSheet(
  host: DatasetHost,
  name: string,
  perClass: number,
  side: number,
): Promise<ContactSheet> {
  const { test, manifest } = await openSet(host, name);
  const byClass = manifest.classes.map((_, label) =>
    [...test.labels.keys()].filter((image) => test.labels[image] === label).slice(0, perClass),
  );
  const { count, pixels, labels } = await toImageSet(test, side, Int32Array.from(byClass.flat()));
  return { side, count, pixels, labels };
}

/**
 * A set as the lab takes it, all of one size. Small images (CIFAR-10) come whole; of photos the test split, and of the
 * training split 2,000 by lot, balanced, to calibrate on: training streams them all. Archives of photos lie class by
 * class; here the first n test images are as balanced as n can be.
 * @param side height and width of the network's input, by default the images' own
 */
export async function readSet(host: DatasetHost, name: string, side?: number): Promise<Dataset> {
  const opened = await openSet(host, name);
  return toLabDataset(opened, side ?? opened.side);
}

async function toLabDataset(opened: OpenedSet, side: number): Promise<Dataset> {
  const { train, test, manifest } = opened;
  // Its published order is random already.
  if (manifest.name === 'cifar10' && side === opened.side) return toDataset(opened, side);
  const drawn = (set: PhotoSet, most: number, stream: number): Int32Array<ArrayBuffer> =>
    Int32Array.from(
      balancedIndices(
        set.labels,
        set.classes.length,
        Math.ceil(most / set.classes.length),
        randomFor(stream, SPLIT_SEED),
      ),
    );
  const all = (set: PhotoSet): number => set.count * set.classes.length;
  const whole = opened.side <= SMALL_SIDE && train.count * side * side * 3 <= HELD_BYTES;
  return {
    name: manifest.name,
    train: await toImageSet(train, side, drawn(train, whole ? all(train) : HELD_TRAIN_PHOTOS, STREAM.calibration)),
    test: await toImageSet(test, side, drawn(test, all(test), STREAM.test)),
    ...(whole ? {} : { streamed: streamPhotos(train, side) }),
  };
}
