/** The lab's resources in Node: files of the project (and its ignored cache) on disk. Never imported by the page. */
import { plural } from '../../base/text/plural.ts';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseManifest } from '../../data/manifest.ts';
import type { ImportProgress } from '../../data/import/importImages.ts';
import { nodeDecode } from '../../data/node/decode.ts';
import { nodeReader } from '../../data/node/reader.ts';
import { datasetAtSide } from '../../data/photos/photoBatches.ts';
import { loadCifar10Full, loadSample } from '../../data/source.ts';
import type { Dataset, ImageSet } from '../../data/types.ts';
import { startNodeHelper, usefulThreads } from '../../integer/wasm/host/node.ts';
import type { Lane } from '../../runtime/lane.ts';
import { openNodeLane } from '../../runtime/node.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { bundledFile } from '../../contract/catalogue.ts';
import { describeTwinDataset, readTwinDataset } from './datasetsNode.ts';
import { readNetworkAt } from './networkNode.ts';
import type { TwinDataset } from './datasetsNode.ts';
import type { DatasetDescription, NormalizationName } from '../../contract/calls/data.ts';
import { withNormalization } from '../data/modelFile.ts';
import type { CheckpointStore, Lanes, Resources } from '../resources.ts';

export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const CACHE = join(PROJECT, '.cache');

/** The sets that lie on disk as they are read: the bundled sample, and CIFAR-10 as scripts/prepare-cifar10.ts leaves it. */
const PREPARED: Readonly<Record<string, () => Promise<Dataset>>> = {
  async 'cifar10-sample'() {
    const read = nodeReader(join(PROJECT, 'datasets', 'cifar10-sample'));
    return loadSample(read, parseManifest(await read('sample.json'), 'datasets/cifar10-sample/sample.json'));
  },
  cifar10: () =>
    loadCifar10Full(
      nodeReader(
        join(CACHE, 'cifar10'),
        'Run `npx tsx scripts/prepare-cifar10.ts` first, or give the archive with --data.',
      ),
    ),
};

/** Every 1,000 images, on stderr: importing photos takes minutes. */
function reportImport(dataset: string): (progress: ImportProgress) => void {
  let reported = 0;
  return ({ images }) => {
    if (images < reported + 1000) return;
    reported = images - (images % 1000);
    console.error(`Importing ${dataset}: ${plural(reported, 'image')}`);
  };
}

/** Checkpoints as files of a folder, which is made when the first is saved. */
export function folderCheckpoints(folder: string): CheckpointStore {
  const fileOf = (name: string): string => join(folder, `${name}.safetensors`);
  return {
    load: async (name) =>
      readFile(fileOf(name)).then(
        (bytes) => new Uint8Array(bytes),
        () => null,
      ),
    async save(name, bytes) {
      await mkdir(folder, { recursive: true });
      await writeFile(`${fileOf(name)}.part`, bytes);
      await rename(`${fileOf(name)}.part`, fileOf(name));
    },
    remove: (name) => rm(fileOf(name), { force: true }),
    // The same command measures the same training again.
    keepsEnded: false,
  };
}

/** Lanes of this process end with it. */
const ENDLESS = { end: () => undefined, hasEnded: () => false };

let residentLane: Promise<Lane> | null = null;

/** One lane only: onnxruntime-web has no other provider in Node, and one thread is what its numbers are given for. */
const nodeLanes: Lanes = {
  machine: async () => ({
    runtime: `Node ${process.version}`,
    cores: availableParallelism(),
    crossOriginIsolated: false,
    adapter: null,
  }),
  whyAbsent: async (name) => (name === 'wasm-1' ? null : `${name} is a lane of browsers; in Node there is wasm-1.`),
  async open(name) {
    const reason = await nodeLanes.whyAbsent(name);
    if (reason !== null) throw new Error(reason);
    return { lane: await openNodeLane(1), threads: 1, float16: true, ...ENDLESS };
  },
  resident: async () => ({
    lane: await (residentLane ??= openNodeLane(1)),
    threads: 1,
    float16: true,
    ...ENDLESS,
  }),
};

const twinDataset = (dataset: string, data: string | undefined): TwinDataset => ({
  dataset,
  data,
  cache: join(CACHE, 'datasets'),
  onProgress: reportImport(dataset),
  onSaid: (sentence) => console.error(sentence),
});

/** What `--method describe` says of a dataset: its classes with their images, what is left out, warnings. */
export async function describeDataset(
  name: string,
  data?: string,
  brought: Pick<TwinDataset, 'classesFrom' | 'allowLeftOut'> = {},
): Promise<DatasetDescription> {
  if (data !== undefined || !Object.hasOwn(PREPARED, name))
    return describeTwinDataset({ ...brought, ...twinDataset(name, data) });
  const { train, test } = await PREPARED[name]();
  const count = ({ labels }: ImageSet, label: number): number => labels.filter((each) => each === label).length;
  const classes = test.classes.map((each, i) => ({ name: each, train: count(train, i), test: count(test, i) }));
  return { classes, leftOut: {}, examples: {}, warnings: [], notes: [], readings: [], ambiguous: false };
}

/**
 * @param weights a .safetensors or .onnx file, or a layers model of TensorFlow.js, to read instead of the bundled model's
 * @param checkpoints a folder for the checkpoints of trainings
 * @param data a local archive, parquet file or folder to take cifar10 or imagenette from
 * @param normalization of a file that does not say it; by default torchvision's is assumed
 * @param brought how a folder or archive of the user's is read
 */
export function nodeResources(
  weights?: string,
  checkpoints?: string,
  data?: string,
  normalization?: NormalizationName,
  brought: Pick<TwinDataset, 'classesFrom' | 'allowLeftOut'> = {},
): Resources {
  return {
    checkpoints: checkpoints === undefined ? undefined : () => Promise.resolve(folderCheckpoints(checkpoints)),
    platform: nodePlatform,
    helpers: { threads: usefulThreads(), start: startNodeHelper },
    lanes: nodeLanes,
    createDecode: () => nodeDecode,
    async readModel(name) {
      const fileName = weights ?? join('public', 'models', bundledFile(name));
      const bytes = await readNetworkAt(weights ?? join(PROJECT, fileName), fileName);
      return { bytes: withNormalization(bytes, fileName, normalization), fileName };
    },
    async readDataset(name, side) {
      if (data === undefined && Object.hasOwn(PREPARED, name)) return datasetAtSide(await PREPARED[name](), side);
      if (name === 'cifar10-sample')
        throw new Error("cifar10-sample is bundled: it takes no --data. Name the archive's own set, cifar10.");
      return readTwinDataset({ ...brought, ...twinDataset(name, data), side });
    },
  };
}
