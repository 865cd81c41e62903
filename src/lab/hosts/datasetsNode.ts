/** The headless twin's datasets: local archives, folders, or the network; kept decoded in a folder. Never imported by the page. */
import { nodeDecode } from '../../data/node/decode.ts';
import { fingerprintOf, nodeInputs } from '../../data/node/files.ts';
import { createFolderStore, keepFolder } from '../../data/node/store.ts';
import type { ImportProgress } from '../../data/import/importImages.ts';
import { EXPECTED, SOURCES } from '../../data/sources.ts';
import type { Source } from '../../data/sources.ts';
import { DATASET_NAMES } from '../../contract/catalogue.ts';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import type { Dataset } from '../../data/types.ts';
import { importPrepared, importSet, KEEP_SIDE, readSet } from '../data/datasets.ts';
import type { DatasetHost, ImportControl } from '../data/datasets.ts';

export const FOLDER = 'folder:';

/** Of the folders that hold imported sets: another one is not read. */
const FORMAT = 1;

export type TwinDataset = {
  /** `cifar10`, `imagenette`, or `folder:PATH`. */
  readonly dataset: string;
  /** A local archive, parquet file or folder to take the set from; else it is downloaded. */
  readonly data?: string;
  /** Height and width of the network's input; by default the images' own, 160 at the most. */
  readonly side?: number;
  /** A folder to keep decoded sets in; without it they last as long as the process. */
  readonly cache?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
};

/** What a local file that is named as a known set must be: of Imagenette a part will do, its counts speak for themselves. */
const expectedOf = (name: string): ImportControl['expected'] =>
  name === 'imagenette' ? { classes: EXPECTED.imagenette.classes } : undefined;

/** @throws when the files are missing, damaged, or not the set that was named */
export async function readTwinDataset({ dataset, data, side, cache, onProgress }: TwinDataset): Promise<Dataset> {
  const path = dataset.startsWith(FOLDER) ? dataset.slice(FOLDER.length) : data;
  const source: Source | undefined = SOURCES.find(({ set, cors }) => set === dataset && cors);
  if (!dataset.startsWith(FOLDER) && !source)
    throw new Error(`There is no dataset named ${dataset}. Name ${DATASET_NAMES.join(', ')} or folder:PATH.`);
  const keepSide = Math.max(KEEP_SIDE, side ?? 0);

  const hostOf = (store: DatasetHost['store']): DatasetHost => ({
    store,
    memory: createMemoryStore(),
    parts: null,
    decode: nodeDecode,
    keepPixels: true,
    keepSide,
  });
  const bring = async (host: DatasetHost): Promise<void> => {
    const control = { onProgress };
    if (path !== undefined)
      await importPrepared(host, dataset, await nodeInputs(path), { ...control, expected: expectedOf(dataset) });
    else if (source) await importSet(host, dataset, { kind: 'source', id: source.id }, control);
  };

  if (cache === undefined) {
    const host = hostOf(createMemoryStore());
    await bring(host);
    return readSet(host, dataset, side);
  }
  // Named by what is in it: a file that was changed, or another one of the same name, is another set.
  const key = path === undefined ? source?.id : await fingerprintOf(path);
  const folder = await keepFolder(`${cache}/v${FORMAT}-${keepSide}-${key}`, (made) =>
    bring(hostOf(createFolderStore(made))),
  );
  return readSet(hostOf(createFolderStore(folder)), dataset, side);
}
