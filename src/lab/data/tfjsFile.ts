/** A TensorFlow.js layers model (Teachable Machine's among them) in several files or a zip: found, and made one file. */
import { zipEntries } from '../../data/archives/zip.ts';
import { blobSource, readBlob } from '../../data/import/byteSource.ts';
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import { kindOfName } from '../../data/layout/names.ts';
import type { Bytes } from '../../data/types.ts';
import type { DroppedFile, NormalizationName } from '../../contract/calls/data.ts';
import { packTfjs, unpackTfjs } from '../../weights/tfjs/container.ts';
import { looksLikeModelJson, shardPaths } from '../../weights/tfjs/modelJson.ts';
import { readTfjs, SIGNED, type ReadTfjs } from '../../weights/tfjs/read.ts';
import { chosenNormalization, NORMALIZATIONS } from './normalizations.ts';

/** Of a network that does not say it; Keras' MobileNets are trained so. */
const INPUT_SIZE = 224;
/** A model.json says what it is in its first lines; an annotation of pictures does not. */
const JSON_HEAD_BYTES = 64 * 1024;
/** Sets of pictures have a JSON file for each picture: nobody looks for a network among so many. */
const MOST_JSON = 100;

/** The network's files, by what each is. */
export type TfjsNetwork = {
  /** What the user calls it: the zip, or model.json with its folder. */
  readonly name: string;
  readonly file: File;
  readonly data: ReadonlyMap<string, File>;
  /** Shards that the manifest names and that were not brought. */
  readonly missing: readonly string[];
  /** All of them as one file. */
  readonly content: () => Promise<Bytes>;
};

const headOf = (file: File, bytes: number): Promise<Bytes> => readBlob(file.slice(0, bytes), file.name);

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/**
 * @param dropped without pictures
 * @returns null where no model.json is among them
 * @throws Error where there are several, or it is no layers model
 */
export async function tfjsNetwork(dropped: readonly DroppedFile[]): Promise<TfjsNetwork | null> {
  // Whoever was asked for what is missing may bring all of it in a zip.
  const zips = dropped.filter(({ path }) => kindOfName(path) === 'archive');
  const only = zips.length === 1 ? zips[0] : dropped[0];
  const zipped = zips.length === 1 || dropped.length === 1 ? await unzipped(only.file) : null;
  const files = zipped ?? dropped;
  const models = await modelFiles(files);
  if (models.length === 0) return null;
  if (models.length > 1)
    throw new Error(
      `${models.length} networks were given (${models
        .map(({ path }) => path)
        .slice(0, 5)
        .join(', ')}), and one can be brought at a time: drop the folder of that one alone.`,
    );
  const [model] = models;
  const name = zipped ? only.file.name : model.path;
  const bytes = await readBlob(model.file, model.file.name);
  const paths = pathsOf(bytes, name);
  const { data, missing } = shardsOf(files, model, paths);
  const metadata = metadataBeside(files, model);
  return {
    name,
    file: zipped ? only.file : model.file,
    data,
    missing,
    async content() {
      const shards = new Map<string, Bytes>();
      for (const [path, file] of data) shards.set(path, await readBlob(file, file.name));
      return packTfjs({
        model: bytes,
        shards,
        metadata: metadata && (await readBlob(metadata, metadata.name)),
        chosen: null,
      });
    },
  };
}

/** The files of a zip that has a model.json and no pictures; null: it is none. @throws Error naming a zip of another export */
async function unzipped(file: File): Promise<readonly DroppedFile[] | null> {
  if (recognise(await headOf(file, HEAD_BYTES)) !== 'zip') return null;
  const entries = await zipEntries(blobSource(file, file.name)).catch(() => []);
  const names = entries.map(({ path }) => path);
  if (names.some((name) => kindOfName(name) === 'picture')) return null;
  const other = names.find((name) => /\.(?:h5|tflite)$|(?:^|\/)saved_model\.pb$/i.test(name));
  const wanted = entries.filter(({ path }) => /\.(?:json|bin)$|shard\d+of\d+$/i.test(path));
  if (!wanted.some(({ path }) => /\.json$/i.test(path))) {
    if (other === undefined || names.length > MOST_JSON) return null;
    throw new Error(
      `${file.name} holds ${other}, a network for another runtime. In Teachable Machine choose Export Model, Tensorflow.js, Download, and bring that zip; any other network can be exported as .onnx.`,
    );
  }
  if (wanted.length > MOST_JSON) return null;
  return Promise.all(wanted.map(async ({ path, read }) => ({ path, file: new File([await read()], nameOf(path)) })));
}

async function modelFiles(files: readonly DroppedFile[]): Promise<readonly DroppedFile[]> {
  const json = files.filter(({ path }) => /\.json$/i.test(path));
  if (json.length > MOST_JSON) return [];
  const isModel = await Promise.all(
    json.map(async ({ file }) => looksLikeModelJson(await headOf(file, JSON_HEAD_BYTES))),
  );
  return json.filter((_, i) => isModel[i]);
}

function pathsOf(bytes: Bytes, fileName: string): readonly string[] {
  try {
    return shardPaths(bytes);
  } catch (cause) {
    throw new Error(`${fileName}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Each shard that the manifest names: where it says, or else beside model.json. Browsers and people rename one. */
function shardsOf(
  files: readonly DroppedFile[],
  model: DroppedFile,
  paths: readonly string[],
): Pick<TfjsNetwork, 'data' | 'missing'> {
  const folder = folderOf(model.path);
  const others = files.filter((each) => each !== model && !/\.json$/i.test(each.path));
  const find = (path: string): DroppedFile | undefined => {
    const whole = [folder, path.replace(/^\.\//, '')].filter((part) => part !== '').join('/');
    return (
      others.find((each) => each.path === whole) ??
      others.find((each) => nameOf(each.path) === nameOf(path) && folderOf(each.path) === folder) ??
      others.find((each) => nameOf(each.path) === nameOf(path))
    );
  };
  const found = new Map(
    paths.flatMap((path) => (find(path) ? [[path, (find(path) as DroppedFile).file] as const] : [])),
  );
  const missing = paths.filter((path) => !found.has(path));
  const strangers = others.filter(({ path, file }) => /\.bin$/i.test(path) && ![...found.values()].includes(file));
  if (missing.length === 1 && strangers.length === 1)
    return { data: new Map([...found, [missing[0], strangers[0].file]]), missing: [] };
  return { data: found, missing };
}

/** metadata.json, or "metadata (1).json", in the model's folder. */
function metadataBeside(files: readonly DroppedFile[], model: DroppedFile): File | null {
  const beside = files.filter(({ path }) => folderOf(path) === folderOf(model.path));
  return beside.find(({ path }) => /^metadata\b.*\.json$/i.test(nameOf(path)))?.file ?? null;
}

/** The network in the one file, normalized as its maker or its user says. @throws Error as readTfjs */
export function readTfjsFile(bytes: Bytes, fileName: string): ReadTfjs & { readonly chosen: NormalizationName | null } {
  const files = unpackTfjs(bytes, fileName);
  const chosen = chosenNormalization(files.chosen ?? undefined);
  const assumed = chosen ? NORMALIZATIONS[chosen] : SIGNED;
  return { ...readTfjs(files, fileName, { assumed, inputSize: INPUT_SIZE }), chosen };
}

/** The file with its user's choice, unless its maker says how its pixels are scaled. */
export function tfjsWithNormalization(bytes: Bytes, fileName: string, name: NormalizationName): Bytes {
  if (readTfjsFile(bytes, fileName).normalizationFrom !== 'assumed') return bytes;
  return packTfjs({ ...unpackTfjs(bytes, fileName), chosen: name });
}
