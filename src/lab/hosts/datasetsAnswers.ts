/** What the datasets' worker does for each kind of call: a name that means weights goes to the shelf, any other to the sets. */
import type { FileShelf } from '../../data/download/keepFile.ts';
import type { DatasetCalls, DatasetList } from '../../contract/calls/data.ts';
import {
  checkSet,
  contactSheet,
  describeFiles,
  importSet,
  listSets,
  removeSet,
  type DatasetHost,
} from '../data/datasets.ts';
import { importClasses, ownPhotos, picturesInZip } from '../data/ownClasses.ts';
import {
  describeKept,
  importWeights,
  isWeights,
  listWeights,
  readWeights,
  removeWeights,
  renormalize,
  weightsModelOf,
  type WeightsModel,
} from '../data/weightFiles.ts';
import type { Answers } from '../rpc/answers.ts';

/** What the browser says of its storage; nothing where it has none for this page. */
async function storageState(): Promise<Pick<DatasetList, 'usage' | 'quota' | 'persisted'>> {
  try {
    const { usage = null, quota = null } = await navigator.storage.estimate();
    return { usage, quota, persisted: await navigator.storage.persisted().catch(() => null) };
  } catch {
    return { usage: null, quota: null, persisted: null };
  }
}

function modelNamed(name: string): WeightsModel {
  const model = weightsModelOf(name);
  if (!model) throw new Error(`There are no weights named ${name}.`);
  return model;
}

export function datasetsAnswers(
  datasets: () => Promise<DatasetHost>,
  shelf: () => Promise<FileShelf>,
): Answers<DatasetCalls> {
  return {
    list: async () => {
      const { usage, quota, persisted } = await storageState();
      return {
        datasets: await listSets(await datasets()),
        weights: await listWeights(await shelf()),
        persisted,
        usage,
        quota,
      };
    },
    describe: async ({ name, from }) => ((await isWeights(name, from)) ? null : describeFiles(name, from)),
    import: async ({ name, from, normalization, reading, allowLeftOut }, { signal, report }) => {
      const control = { signal, onProgress: report, reading, allowLeftOut };
      return (await isWeights(name, from))
        ? importWeights(await shelf(), name, from, { ...control, normalization })
        : importSet(await datasets(), name, from, control);
    },
    remove: async ({ name }) => {
      const model = weightsModelOf(name);
      if (model) await removeWeights(await shelf(), model);
      else await removeSet(await datasets(), name);
      return null;
    },
    check: async ({ name }) => {
      const model = weightsModelOf(name);
      if (!model) return { message: await checkSet(await datasets(), name) };
      const { fileName } = await readWeights(await shelf(), model);
      return { message: `${fileName} is as it was kept.` };
    },
    weights: async ({ name }) => describeKept(await shelf(), modelNamed(name)),
    normalize: async ({ name, normalization }) => {
      await renormalize(await shelf(), modelNamed(name), normalization);
      return null;
    },
    importClasses: async (args) => importClasses(await datasets(), args),
    ownPhotos: async () => ownPhotos(await datasets()),
    unzip: ({ file }) => picturesInZip(file),
    sheet: async ({ name, perClass, side }) => contactSheet(await datasets(), name, perClass, side),
  };
}
