/** Which of the files that were brought are a network: one file, an .onnx file and those that hold its weights, or a layers model. */
import { readBlob } from '../../data/import/byteSource.ts';
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import { isLitter, kindOfName } from '../../data/layout/names.ts';
import type { Bytes } from '../../data/types.ts';
import type { DroppedFile } from '../../contract/calls/data.ts';
import { externalFiles, withExternalData } from '../../onnx/read/external.ts';
import { otherFormat } from '../../weights/otherFormats.ts';
import { isOnnxFile } from './modelFile.ts';
import { tfjsNetwork } from './tfjsFile.ts';

export type NetworkFiles = {
  /** What its user calls it. */
  readonly name: string;
  readonly file: File;
  /** Files that the first one says hold its weights, by the names that it has for them. */
  readonly data: ReadonlyMap<string, File>;
  /** Such files that were not brought. */
  readonly missing: readonly string[];
  /** The network as one file, whatever it came in. @throws Error naming it, where its parts do not fit each other */
  readonly content: () => Promise<Bytes>;
};

const NETWORK = /\.(?:onnx|safetensors)$/i;

async function isNetwork(file: File): Promise<boolean> {
  const head = await readBlob(file.slice(0, HEAD_BYTES), file.name);
  return recognise(head) === 'safetensors' || isOnnxFile(head, file.name) || otherFormat(head, file.name) !== null;
}

/**
 * What lies beside a network (a README, a config.json) is left alone; where pictures or archives do, it is a set.
 * @returns null where the files are no network
 * @throws Error where they are several
 */
export async function networkFiles(dropped: readonly DroppedFile[]): Promise<NetworkFiles | null> {
  const brought = dropped.filter(({ path }) => !isLitter(path));
  const files = brought.map(({ file }) => file);
  if (files.some(({ name }) => kindOfName(name) === 'picture')) return null;
  const layersModel = await tfjsNetwork(brought);
  if (layersModel) return layersModel;
  if (files.some(({ name }) => kindOfName(name) === 'archive')) return null;
  const networks = files.filter(({ name }) => NETWORK.test(name));
  if (networks.length > 1)
    throw new Error(
      `${networks.length} networks were given (${networks.map(({ name }) => name).join(', ')}), and one can be brought at a time: drop that file alone, with the file that holds its weights if there is one.`,
    );
  const [file] = networks.length === 1 ? networks : files;
  if (networks.length === 0 && (files.length !== 1 || !(await isNetwork(file)))) return null;
  if (!/\.onnx$/i.test(file.name))
    return { name: file.name, file, data: new Map(), missing: [], content: () => readBlob(file, file.name) };
  const names = externalFiles(await readBlob(file, file.name));
  const others = files.filter((other) => other !== file);
  const data = new Map(
    names.flatMap((name) => others.filter((other) => other.name === name).map((other) => [name, other] as const)),
  );
  const missing = names.filter((name) => !data.has(name));
  const strangers = others.filter(({ name }) => !data.has(name) && !DOCUMENT.test(name));
  // Browsers and people rename: one file that is missing is the one that came.
  if (missing.length === 1 && strangers.length === 1)
    return whole(file, new Map([...data, [missing[0], strangers[0]]]), []);
  return whole(file, data, missing);
}

/** An .onnx file and those that hold its weights. */
const whole = (file: File, data: NetworkFiles['data'], missing: NetworkFiles['missing']): NetworkFiles => ({
  name: file.name,
  file,
  data,
  missing,
  async content() {
    const others = new Map<string, Uint8Array>();
    for (const [part, other] of data) others.set(part, await readBlob(other, other.name));
    const own = await readBlob(file, file.name);
    return isOnnxFile(own, file.name) ? withExternalData(own, file.name, others) : own;
  },
});

/** What repositories of networks hold beside them. */
const DOCUMENT = /\.(?:md|txt|json|ya?ml|py|ipynb|html?|pdf|csv|gitattributes)$/i;
