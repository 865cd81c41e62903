/** The headless twin's datasets: local archives, folders, or the network; in memory. Never imported by the page. */
import { nodeDecode } from '../data/nodeDecode.ts';
import { nodeInputs } from '../data/nodeFiles.ts';
import { SOURCES } from '../data/sources.ts';
import { createMemoryStore } from '../data/store/memoryStore.ts';
import type { ImportProgress } from '../data/import/importImages.ts';
import type { Dataset } from '../data/types.ts';
import { importPrepared, importSet, readSet } from './datasets.ts';
import type { DatasetHost } from './datasets.ts';

const FOLDER = 'folder:';

export type TwinDataset = {
  /** `cifar10`, `imagenette`, or `folder:PATH`. */
  readonly dataset: string;
  /** A local archive, parquet file or folder to take the set from; else it is downloaded. */
  readonly data?: string;
  /** Height and width of the network's input. */
  readonly side: number;
  readonly onProgress?: (progress: ImportProgress) => void;
};

/** @throws when the files are missing, damaged, or not the set that was named */
export const readTwinDataset = async ({ dataset, data, side, onProgress }: TwinDataset): Promise<Dataset> => {
  const memory = createMemoryStore();
  const host: DatasetHost = { store: memory, memory, parts: null, decode: nodeDecode };
  const control = onProgress ? { onProgress } : {};
  const path = dataset.startsWith(FOLDER) ? dataset.slice(FOLDER.length) : data;
  const source = SOURCES.find(({ set, cors }) => set === dataset && cors);
  if (path === undefined && !source) throw new Error(`There is no dataset named ${dataset}. Name cifar10, imagenette or folder:PATH.`);
  const name = dataset.startsWith(FOLDER) ? path ?? dataset : dataset;
  if (path !== undefined) await importPrepared(host, name, await nodeInputs(path), control);
  else if (source) await importSet(host, name, { kind: 'source', id: source.id }, control);
  return readSet(host, name, side);
};
