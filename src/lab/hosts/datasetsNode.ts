/** The headless twin's datasets: local archives, folders, or the network; kept decoded in a folder. Never imported by the page. */
import { nodeDecode } from '../../data/node/decode.ts';
import { fingerprintOf, nodeInputs } from '../../data/node/files.ts';
import { createFolderStore, keepFolder } from '../../data/node/store.ts';
import type { ImportProgress } from '../../data/import/importImages.ts';
import { EXPECTED, SOURCES } from '../../data/sources.ts';
import type { Source } from '../../data/sources.ts';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import type { Dataset } from '../../data/types.ts';
import { KEEP_SIDE } from '../../contract/keptBytes.ts';
import { describeSet, importPrepared, importSet, readSet } from '../data/datasets.ts';
import type { DatasetDescription } from '../../contract/calls/data.ts';
import { isLeftOutQuestion, requireFewLeftOut } from '../../data/import/tally.ts';
import type { ImageManifest } from '../../data/store/imageStore.ts';
import type { DatasetHost, ImportControl } from '../data/datasets.ts';

export const FOLDER = 'folder:';

/** Of the folders that hold imported sets: another one is not read. */
const FORMAT = 2;

export type TwinDataset = {
  /** `cifar10`, `imagenette`, or `folder:PATH`. */
  readonly dataset: string;
  /** A local archive, parquet file or folder to take the set from; else it is downloaded. */
  readonly data?: string;
  /** Height and width of the network's input; by default the images' own, 160 at the most. */
  readonly side?: number;
  /** A folder to keep decoded sets in; without it they last as long as the process. */
  readonly cache?: string;
  /** Which folder names the classes (a reading's id), where more than one could; by default the likely one. */
  readonly classesFrom?: string;
  /** Goes on though more than a fifth of the pictures cannot be read. */
  readonly allowLeftOut?: boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Told each sentence that whoever measures on the set must know. */
  readonly onSaid?: (sentence: string) => void;
};

/** What a local file that is named as a known set must be: of Imagenette a part will do, its counts speak for themselves. */
const expectedOf = (name: string): ImportControl['expected'] =>
  name === 'imagenette' ? { classes: EXPECTED.imagenette.classes } : undefined;

/** Where an imported set is: the host that reads it, and its name there. */
type Brought = { readonly host: DatasetHost; readonly name: string };

/** What the page asks and the twin has an argument for. */
function withArgument(error: unknown): never {
  if (isLeftOutQuestion(error))
    throw new Error(`${(error as Error).message} Add --allow-left-out true to go on without them.`, { cause: error });
  throw error;
}

async function broughtSet(wanted: TwinDataset): Promise<Brought> {
  const { dataset, data, side, cache, classesFrom, allowLeftOut, onProgress } = wanted;
  const path = dataset.startsWith(FOLDER) ? dataset.slice(FOLDER.length) : data;
  const source: Source | undefined = SOURCES.find(({ set, cors }) => set === dataset && cors);
  if (!dataset.startsWith(FOLDER) && !source)
    throw new Error(`There is no dataset named ${dataset}. Name cifar10-sample, cifar10, imagenette or folder:PATH.`);
  const keepSide = Math.max(KEEP_SIDE, side ?? 0);

  const hostOf = (store: DatasetHost['store']): DatasetHost => ({
    store,
    memory: createMemoryStore(),
    parts: null,
    decode: nodeDecode,
    keepPixels: true,
    keepSide,
  });
  const control = { onProgress, allowLeftOut, reading: classesFrom };
  const bring = async (host: DatasetHost): Promise<void> => {
    if (path !== undefined)
      await importPrepared(host, dataset, await nodeInputs(path), {
        ...control,
        expected: expectedOf(dataset),
      }).catch(withArgument);
    else if (source) await importSet(host, dataset, { kind: 'source', id: source.id }, control);
  };

  if (cache === undefined) {
    const host = hostOf(createMemoryStore());
    await bring(host);
    return { host, name: dataset };
  }
  // Named by what is in it: a file that was changed is another set, one that was moved or renamed is the same.
  const key = path === undefined ? source?.id : await fingerprintOf(path);
  const read = classesFrom === undefined ? '' : `-${classesFrom}`;
  const folder = await keepFolder(`${cache}/v${FORMAT}-${keepSide}-${key}${read}`, (made) =>
    bring(hostOf(createFolderStore(made))),
  );
  const host = hostOf(createFolderStore(folder));
  const [manifest] = await host.store.manifests();
  if (allowLeftOut !== true && path !== undefined) requireFew(manifest);
  return { host, name: manifest.name };
}

/** A set that was allowed to leave much out once is not allowed it for ever. */
function requireFew({ name, leftOut, images }: ImageManifest): void {
  try {
    requireFewLeftOut(name, leftOut ?? [], images.train + images.test);
  } catch (error) {
    withArgument(error);
  }
}

/** @throws when the files are missing, damaged, or not the set that was named */
export async function readTwinDataset(wanted: TwinDataset): Promise<Dataset> {
  const { host, name } = await broughtSet(wanted);
  const { warnings, notes } = await describeSet(host, name);
  for (const sentence of [...warnings, ...notes]) wanted.onSaid?.(sentence);
  return { ...(await readSet(host, name, wanted.side)), name: wanted.dataset };
}

/** What `--method describe` says of a set: nothing is measured. */
export async function describeTwinDataset(wanted: TwinDataset): Promise<DatasetDescription> {
  const { host, name } = await broughtSet({ ...wanted, allowLeftOut: true });
  return describeSet(host, name);
}
