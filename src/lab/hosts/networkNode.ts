/** A network on the disk, in Node: one file with those beside it that hold its weights, a zip, or a folder. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DroppedFile } from '../../contract/calls/data.ts';
import { externalFiles, withExternalData } from '../../onnx/read/external.ts';
import { tfjsNetwork } from '../data/tfjsFile.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const readBytes = async (path: string): Promise<Bytes> => new Uint8Array(await readFile(path));

/** Files of more in a folder are no network's. */
const MOST_FILES = 300;
const NETWORK_FILES = /\.(?:json|bin)$|shard\d+of\d+$/i;

/** The files of a folder, as they would be dropped. */
async function filesIn(folder: string): Promise<DroppedFile[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter(
    (entry) => entry.isFile() && NETWORK_FILES.test(entry.name),
  );
  return Promise.all(
    names.slice(0, MOST_FILES).map(async ({ name }) => ({
      path: name,
      file: new File([await readBytes(join(folder, name))], name),
    })),
  );
}

/** A layers model in a zip, a folder, or a model.json with the files beside it; null: it is none. */
async function layersModel(path: string, isFolder: boolean, shown: string): Promise<Bytes | null> {
  if (!isFolder && !/\.(?:json|zip)$/i.test(path)) return null;
  const isZip = !isFolder && /\.zip$/i.test(path);
  const folder = isFolder ? path : dirname(path);
  const files = isZip
    ? [{ path: basename(path), file: new File([await readBytes(path)], basename(path)) }]
    : await filesIn(folder);
  const model = isFolder || isZip ? null : basename(path);
  const others = files.filter(
    ({ path: name }) => model === null || name === model || !/\.json$/i.test(name) || /^metadata\b/i.test(name),
  );
  const found = await tfjsNetwork(others);
  if (!found) return null;
  if (found.missing.length > 0)
    throw new Error(
      `${shown}: its weights lie in ${found.missing.join(', ')}, which is not beside it: bring all of the model's files.`,
    );
  return found.content();
}

/** An .onnx file with the weights that lie in files beside it. @throws Error naming those that are not there */
async function withFilesBeside(bytes: Bytes, path: string, shown: string): Promise<Bytes> {
  const names = /\.onnx$/i.test(path) ? externalFiles(bytes) : [];
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const data = await readFile(join(dirname(path), name)).catch(() => null);
    if (data) files.set(name, data);
  }
  return names.length > 0 ? withExternalData(bytes, shown, files) : bytes;
}

/**
 * @param path of a .safetensors or .onnx file, of a model.json, of a zip or folder that has one
 * @param shown what messages call it
 * @throws Error naming it, where it does not exist or parts of it are missing
 */
export async function readNetworkAt(path: string, shown = path): Promise<Bytes> {
  const cannot = (cause?: unknown): Error =>
    new Error(
      `${shown} cannot be read: give a .safetensors or .onnx file that exists, or a model.json of TensorFlow.js, its zip or its folder.`,
      { cause },
    );
  const found = await stat(path).catch((cause: unknown) => {
    throw cannot(cause);
  });
  const model = await layersModel(path, found.isDirectory(), shown);
  if (model) return model;
  if (found.isDirectory()) throw cannot();
  return withFilesBeside(await readBytes(path), path, shown);
}
