/** Pretrained weights: what there is, fetching, keeping, removing, reading. The datasets' worker and the lab both call this. */
import { downloadedBytes, fetchKept, forgetDownload, keepFile, keptRecord, readKept, removeKept } from '../data/download/keepFile.ts';
import type { FileShelf } from '../data/download/keepFile.ts';
import { HEAD_BYTES, recognise } from '../data/import/recognise.ts';
import { WEIGHT_FILES } from '../data/sources.ts';
import type { WeightFile } from '../data/sources.ts';
import type { Bytes } from '../data/types.ts';
import { readModel } from '../weights/model.ts';
import { MODELS } from './catalogue.ts';
import type { ImportFrom, ImportReport, WeightsStatus } from './datasetsProtocol.ts';

export type WeightsModel = keyof typeof WEIGHT_FILES;

const WEIGHTS_MODELS = Object.keys(WEIGHT_FILES) as WeightsModel[];

/** What weights are called among the things that are imported: `weights:resnet18`. */
const PREFIX = 'weights:';
export const weightsName = (model: WeightsModel): string => `${PREFIX}${model}`;

/** The model that a name means, or null where it is a dataset's. */
export const weightsModelOf = (name: string | null): WeightsModel | null =>
  WEIGHTS_MODELS.find((model) => weightsName(model) === name) ?? null;

export type WeightsControl = { readonly signal?: AbortSignal; readonly onProgress?: (progress: ImportReport) => void };

const statusOf = async (shelf: FileShelf, model: WeightsModel): Promise<WeightsStatus> => {
  const file: WeightFile = WEIGHT_FILES[model];
  const kept = await keptRecord(shelf, weightsName(model));
  const downloaded = kept ? null : await downloadedBytes(shelf, file.url);
  return {
    name: weightsName(model),
    model,
    title: MODELS[model].title,
    state: kept ? 'ready' : downloaded === null ? 'absent' : 'partial',
    doneBytes: kept?.bytes ?? downloaded ?? 0,
    totalBytes: kept?.bytes ?? file.bytes,
    from: kept?.name ?? '',
    storage: kept?.storage ?? 'indexeddb',
    // A file of the user's is none of ours to vouch for.
    verified: kept?.sha256 === file.sha256 ? 'published' : 'first use',
    source: { title: file.title, url: file.url, bytes: file.bytes, licence: file.licence },
  };
};

export const listWeights = (shelf: FileShelf): Promise<WeightsStatus[]> => Promise.all(WEIGHTS_MODELS.map((model) => statusOf(shelf, model)));

/** Whether what is to be imported are weights: by the name it was given, the file's content, or the end of a link. */
export const isWeights = async (name: string | null, from: ImportFrom): Promise<boolean> => {
  if (weightsModelOf(name)) return true;
  if (from.kind === 'link') return URL.canParse(from.url) && new URL(from.url).pathname.endsWith('.safetensors');
  if (from.kind !== 'files' || from.files.length !== 1) return false;
  const head = await from.files[0].file.slice(0, HEAD_BYTES).arrayBuffer();
  return recognise(new Uint8Array(head)) === 'safetensors';
};

/** @throws when the file is damaged, holds another network, or one that has no row here */
const modelIn = (content: Bytes, fileName: string, wanted: WeightsModel | null): WeightsModel => {
  const { graph } = readModel(content, fileName);
  const found = WEIGHTS_MODELS.find((model) => graph.name.startsWith(model));
  if (!found) throw new Error(`${fileName} holds a ${graph.name}. The page takes weights of ${WEIGHTS_MODELS.map((model) => MODELS[model].title).join(' and ')}.`);
  if (wanted && found !== wanted) throw new Error(`${fileName} holds a ${MODELS[found].title}, not a ${MODELS[wanted].title}. Nothing was kept.`);
  return found;
};

/**
 * Fetches weights, or goes on with a download that was interrupted, or keeps a file of the user's.
 * @param name `weights:MODEL`; null: the file says which network it holds
 * @returns its name, and what the user must know
 * @throws NetworkError when it can be resumed; any other error when the file is not good, and then nothing of it is kept
 */
export const importWeights = async (
  shelf: FileShelf, name: string | null, from: ImportFrom, { signal, onProgress }: WeightsControl = {},
): Promise<{ readonly name: string; readonly message: string | null }> => {
  const wanted = weightsModelOf(name);
  if (from.kind === 'files') {
    if (from.files.length !== 1) throw new Error(`${from.files.length} files were given, but weights are one .safetensors file.`);
    const [{ file }] = from.files;
    const content = new Uint8Array(await file.arrayBuffer());
    const key = weightsName(modelIn(content, file.name, wanted));
    return { name: key, message: await keepFile(shelf, key, file.name, content) };
  }
  const remote = from.kind === 'link' ? linkedFile(from.url) : WEIGHT_FILES[wanted ?? refuseSource(from.id)];
  const report = (doneBytes: number, totalBytes: number | null): void => onProgress?.({ doneBytes, totalBytes, images: null });
  const keyOf = (content: Bytes): string => weightsName(modelIn(content, remote.name, wanted));
  const { key, message } = await fetchKept(shelf, remote, keyOf, { signal, onProgress: report });
  return { name: key, message };
};

const refuseSource = (id: string): never => {
  throw new Error(`There are no weights named ${id}.`);
};

const linkedFile = (url: string): Pick<WeightFile, 'name' | 'url' | 'bytes' | 'sha256'> => {
  const known = Object.values(WEIGHT_FILES).find((file) => file.url === url);
  return known ?? { name: decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || url, url, bytes: null, sha256: null };
};

/** Removes weights, and what of them was downloaded. */
export const removeWeights = async (shelf: FileShelf, model: WeightsModel): Promise<void> => {
  await forgetDownload(shelf, WEIGHT_FILES[model].url);
  await removeKept(shelf, weightsName(model));
};

/** @throws when they are not here */
export const readWeights = async (shelf: FileShelf, model: WeightsModel): Promise<{ readonly bytes: Bytes; readonly fileName: string }> => {
  const kept = await readKept(shelf, weightsName(model));
  if (!kept) throw new Error(`The weights of ${MODELS[model].title} are not here yet. Download them on the data screen, or drop a .safetensors file there.`);
  return { bytes: kept.content, fileName: kept.name };
};
