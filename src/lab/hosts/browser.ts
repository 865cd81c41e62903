/** The lab's resources in a page's worker: everything from the page's own origin. */
import sampleManifest from '../../../datasets/cifar10-sample/sample.json?url';
import sampleTest from '../../../datasets/cifar10-sample/test.bin.gz?url';
import sampleTrain from '../../../datasets/cifar10-sample/train.bin.gz?url';
import { storedCheckpoints, type StoredCheckpoints } from '../../data/store/checkpoints.ts';
import { lastingCache, storedDataProblem } from '../../data/store/database.ts';
import { fetchReader } from '../../data/bytes/fetchReader.ts';
import { parseManifest } from '../../data/manifest.ts';
import { datasetAtSide } from '../../data/photos/photoBatches.ts';
import { keepFile } from '../../data/download/keepFile.ts';
import { storedResults } from '../../data/store/results.ts';
import type { ImageStore } from '../../data/store/imageStore.ts';
import { createAskingStore } from '../../data/store/sharedStore.ts';
import { loadSample } from '../../data/source.ts';
import type { Read } from '../../data/types.ts';
import { createBrowserDecode } from '../../data/photos/browserDecode.ts';
import { startBrowserHelper, usefulThreads } from '../../integer/wasm/host/browser.ts';
import { browserPlatform } from '../../tensor/wasm/browser.ts';
import { bundledFile } from '../../contract/catalogue.ts';
import { readSet } from '../data/datasets.ts';
import { browserDatasets, browserShelf } from './datasetsBrowser.ts';
import { browserLanes } from './lanesBrowser.ts';
import type { Provenance } from '../../contract/grid/grid.ts';
import type { RunResult } from '../../contract/run.ts';
import type { CheckpointStore, Resources, ResultStore } from '../resources.ts';
import { readWeights, weightsModelOf } from '../data/weightFiles.ts';

/** The page's folder, seen from this worker: a build puts workers into assets/. */
const PAGE = new URL(import.meta.env.DEV ? '/' : '..', self.location.href);

const SAMPLE_FILES: Readonly<Record<string, string>> = {
  'sample.json': sampleManifest,
  'test.bin.gz': sampleTest,
  'train.bin.gz': sampleTrain,
};

const readSample: Read = (fileName) => fetchReader(self.location.href)(SAMPLE_FILES[fileName]);

/** A database that was closed meanwhile is opened afresh for each read and write. */
const cached = lastingCache();

/** @throws where what could be stored before cannot be stored any more */
async function storedNow(): Promise<StoredCheckpoints> {
  const cache = await cached();
  if (!cache) throw new Error('This browser does not let the page store data any more: the training cannot be kept.');
  return storedCheckpoints(cache);
}

/** A private window stores nothing. */
const checkpoints = async (): Promise<CheckpointStore | null> =>
  (await cached()) && {
    load: async (name) => (await storedNow()).load(name),
    save: async (name, bytes) => (await storedNow()).save(name, bytes),
    remove: async (name) => (await storedNow()).remove(name),
    keepsEnded: true,
  };

async function results(): Promise<ResultStore | null> {
  const cache = await cached();
  return cache && storedResults<RunResult>(cache);
}

/** A full storage leaves sets in the memory of the datasets' worker. */
let asked: ImageStore | undefined;

export const browserResources: Resources = {
  platform: browserPlatform,
  provenance: import.meta.env.VITE_PROVENANCE as Provenance | undefined,
  helpers: { threads: usefulThreads(), start: startBrowserHelper },
  lanes: browserLanes,
  createDecode: createBrowserDecode,
  checkpoints,
  results,
  storageProblem: () => storedDataProblem(),
  async readModel(name) {
    const weights = weightsModelOf(`weights:${name}`);
    if (weights) return readWeights(await browserShelf(), weights);
    const fileName = bundledFile(name);
    return { bytes: await fetchReader(new URL('models/', PAGE))(fileName), fileName };
  },
  keepModel: async (name, fileName, bytes) => keepFile(await browserShelf(), `weights:${name}`, fileName, bytes),
  async readDataset(name, side) {
    if (name === 'cifar10-sample')
      return datasetAtSide(
        await loadSample(readSample, parseManifest(await readSample('sample.json'), 'sample.json')),
        side,
      );
    return readSet({ ...(await browserDatasets()), memory: (asked ??= createAskingStore()) }, name, side);
  },
};
