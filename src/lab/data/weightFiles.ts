/** Pretrained weights: what there is, fetching, keeping, removing, reading. The datasets' worker and the lab both call this. */
import {
  downloadedBytes,
  fetchKept,
  forgetDownload,
  keepFile,
  keptRecord,
  readKept,
  removeKept,
} from '../../data/download/keepFile.ts';
import type { Accepted, FileShelf } from '../../data/download/keepFile.ts';
import { WEIGHT_FILES } from '../../data/sources.ts';
import type { WeightFile } from '../../data/sources.ts';
import type { Bytes } from '../../data/types.ts';
import { MODELS, OWN_CLASSES } from '../../contract/catalogue.ts';
import type {
  ImportFrom,
  ImportReport,
  NormalizationName,
  WeightsDescription,
  WeightsStatus,
} from '../../contract/calls/data.ts';
import { LabError } from '../../contract/errors.ts';
import { describeWeights } from './describeWeights.ts';
import { readNewFile, withNormalization } from './modelFile.ts';
import { networkFiles } from './networkFiles.ts';
import { QUANTIZED } from './quantizedFile.ts';

/**
 * Networks that can be downloaded, and three places for what is the user's: a network of another kind, a quantized one, and
 * the one of the user's own classes, which is trained here.
 */
export type WeightsModel = keyof typeof WEIGHT_FILES | 'own' | typeof OWN_CLASSES.model | typeof QUANTIZED;

const PUBLISHED = Object.keys(WEIGHT_FILES) as (keyof typeof WEIGHT_FILES)[];
const WEIGHTS_MODELS: readonly WeightsModel[] = [...PUBLISHED, 'own', OWN_CLASSES.model, QUANTIZED];

const titleOf = (model: WeightsModel): string => (model === QUANTIZED ? 'Your quantized file' : MODELS[model].title);

const sourceOf = (model: WeightsModel): WeightFile | null =>
  model === 'own' || model === OWN_CLASSES.model || model === QUANTIZED ? null : WEIGHT_FILES[model];

/** What weights are called among the things that are imported: `weights:resnet18`. */
const PREFIX = 'weights:';
export const weightsName = (model: WeightsModel): string => `${PREFIX}${model}`;

/** The model that a name means, or null where it is a dataset's. */
export const weightsModelOf = (name: string | null): WeightsModel | null =>
  WEIGHTS_MODELS.find((model) => weightsName(model) === name) ?? null;

export type WeightsControl = {
  readonly normalization?: NormalizationName;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportReport) => void;
};

async function statusOf(shelf: FileShelf, model: WeightsModel): Promise<WeightsStatus> {
  const file = sourceOf(model);
  const kept = await keptRecord(shelf, weightsName(model));
  const downloaded = kept || !file ? null : await downloadedBytes(shelf, file.url);
  return {
    name: weightsName(model),
    model,
    title: titleOf(model),
    state: kept ? 'ready' : downloaded === null ? 'absent' : 'partial',
    doneBytes: kept?.bytes ?? downloaded ?? 0,
    totalBytes: kept?.bytes ?? file?.bytes ?? null,
    from: kept?.name ?? '',
    storage: kept?.storage ?? 'indexeddb',
    // A file of the user's is none of ours to vouch for.
    verified: file && kept?.sha256 === file.sha256 ? 'published' : 'first use',
    source: file && { title: file.title, url: file.url, bytes: file.bytes, licence: file.licence },
  };
}

export const listWeights = (shelf: FileShelf): Promise<WeightsStatus[]> =>
  Promise.all(WEIGHTS_MODELS.map((model) => statusOf(shelf, model)));

/** Whether what is to be imported are weights: by the name it was given, the files' content, or the end of a link. */
export async function isWeights(name: string | null, from: ImportFrom): Promise<boolean> {
  if (weightsModelOf(name)) return true;
  if (from.kind === 'link') return URL.canParse(from.url) && /\.(?:safetensors|onnx)$/.test(new URL(from.url).pathname);
  return from.kind === 'files' && (await networkFiles(from.files)) !== null;
}

export type ImportedWeights = {
  readonly name: string;
  /** What the user must know. */
  readonly message: string | null;
  /** Files that hold the weights and are still to be brought; nothing is kept without them. */
  readonly missing?: readonly string[];
};

/** What is kept of a file, and as which model. @throws when the file is damaged, cannot be imported, or is not what was wanted */
function accepted(
  bytes: Bytes,
  fileName: string,
  wanted: WeightsModel | null,
  normalization: NormalizationName | undefined,
): Accepted {
  const { content, read } = readNewFile(bytes, fileName, normalization);
  const known = PUBLISHED.find((model) => read.model.graph.name.replace(/-v1$/, '') === model) ?? 'own';
  const found = read.kind === 'quantized' ? QUANTIZED : known;
  if (wanted === null || wanted === found || (wanted === 'own' && read.kind === 'float32'))
    return { key: weightsName(wanted ?? found), content };
  const holds =
    found === QUANTIZED
      ? 'a quantized network'
      : found === 'own'
        ? `a ${read.model.graph.name}`
        : `a ${titleOf(found)}`;
  throw new Error(
    `${fileName} holds ${holds}, not ${wanted === QUANTIZED ? 'a quantized one' : wanted === 'own' ? 'a float one' : `a ${titleOf(wanted)}`}. Nothing was kept.`,
  );
}

/**
 * Fetches weights, or goes on with a download that was interrupted, or keeps a file of the user's.
 * @param name `weights:MODEL`; null: the file says which network it holds
 * @throws NetworkError when it can be resumed; any other error when the file is not good, and then nothing of it is kept
 */
export async function importWeights(
  shelf: FileShelf,
  name: string | null,
  from: ImportFrom,
  { signal, onProgress, normalization }: WeightsControl = {},
): Promise<ImportedWeights> {
  const wanted = weightsModelOf(name);
  if (from.kind === 'files') {
    const found = await networkFiles(from.files);
    if (!found)
      throw new Error(
        from.files.length === 1
          ? `${from.files[0].file.name} is no network that Fewbit knows: weights are one .safetensors or .onnx file, or a model.json of TensorFlow.js with its weights.`
          : `${from.files.length} files were given, but weights are one .safetensors or .onnx file, with the file that holds an .onnx file's weights if there is one, or a model.json of TensorFlow.js with its weights.`,
      );
    const { name: fileName, missing, content: whole } = found;
    if (missing.length > 0) return { name: weightsName(wanted ?? 'own'), message: null, missing };
    const { key, content } = accepted(await whole(), fileName, wanted, normalization);
    return { name: key, message: await keepFile(shelf, key, fileName, content) };
  }
  const remote = from.kind === 'link' ? linkedFile(from.url) : ((wanted && sourceOf(wanted)) ?? refuseSource(from.id));
  const report = (doneBytes: number, totalBytes: number | null): void =>
    onProgress?.({ doneBytes, totalBytes, images: null });
  const accept = (fetched: Bytes): Accepted => accepted(fetched, remote.name, wanted, normalization);
  const { key, message } = await fetchKept(shelf, remote, accept, { signal, onProgress: report });
  return { name: key, message };
}

function refuseSource(id: string): never {
  throw new Error(`There are no weights named ${id}.`);
}

function linkedFile(url: string): Pick<WeightFile, 'name' | 'url' | 'bytes' | 'sha256'> {
  const known = Object.values(WEIGHT_FILES).find((file) => file.url === url);
  return (
    known ?? {
      name: decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || url,
      url,
      bytes: null,
      sha256: null,
    }
  );
}

/** Removes weights, and what of them was downloaded. */
export async function removeWeights(shelf: FileShelf, model: WeightsModel): Promise<void> {
  const source = sourceOf(model);
  if (source) await forgetDownload(shelf, source.url);
  await removeKept(shelf, weightsName(model));
}

/** @throws when they are not here */
export async function readWeights(
  shelf: FileShelf,
  model: WeightsModel,
): Promise<{ readonly bytes: Bytes; readonly fileName: string }> {
  const kept = await readKept(shelf, weightsName(model));
  if (!kept && model === OWN_CLASSES.model)
    throw new LabError('absent', `${titleOf(model)} is not here yet. Train one on the screen Your own classes.`);
  if (!kept && !sourceOf(model))
    throw new LabError('absent', `${titleOf(model)} is not here yet. Bring the file on the data screen.`);
  if (!kept)
    throw new LabError(
      'absent',
      `The weights of ${titleOf(model)} are not here yet. Download them on the data screen, or drop a .safetensors or .onnx file there.`,
    );
  return { bytes: kept.content, fileName: kept.name };
}

/** What kept weights hold. @throws when they are not here */
export async function describeKept(shelf: FileShelf, model: WeightsModel): Promise<WeightsDescription> {
  const { bytes, fileName } = await readWeights(shelf, model);
  return describeWeights(bytes, fileName);
}

/** Keeps weights with another normalization, where their maker says none. @throws when they are not here */
export async function renormalize(
  shelf: FileShelf,
  model: WeightsModel,
  normalization: NormalizationName,
): Promise<string | null> {
  const { bytes, fileName } = await readWeights(shelf, model);
  return keepFile(shelf, weightsName(model), fileName, withNormalization(bytes, fileName, normalization));
}
