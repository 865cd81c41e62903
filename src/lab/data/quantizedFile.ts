/** A quantized .onnx file that was brought: opened as the very QuantizedModel, and held to the network that is shown. */
import { plural } from '../../base/text/plural.ts';
import { sha256 } from '../../data/bytes/fingerprint.ts';
import type { FloatModel, Normalization } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { normalizesItself } from '../../onnx/read/normalized.ts';
import { parseOnnx, type OnnxFile } from '../../onnx/read/parse.ts';
import { isChannelsLast } from '../../onnx/read/readers.ts';
import type { Made } from '../engines/types.ts';
import { readNetworkFile } from './modelFile.ts';
import type { Resources } from '../resources.ts';

/** What the shelf and the resources call it. */
export const QUANTIZED = 'quantized';

/** `file`: its name and the beginning of its SHA-256, by which settings name it. */
export type QuantizedFile = {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly model: QuantizedModel;
  /**
   * Whether the very file can be run in the model's place: it takes any number of normalized images, channels first, and
   * gives logits. Another (one that normalizes its input itself) is written anew to be run, with the same codes.
   */
  readonly isPlain: boolean;
  /** How its input is normalized; null: it does not say, and is taken to be as the network that it stands beside. */
  readonly normalization: Normalization | null;
};

function isPlain(file: OnnxFile): boolean {
  const { metadata, nodes, outputs, input } = file;
  if (metadata.has('scheme')) return true;
  const endsInLogits = outputs.length === 1 && !nodes.some(({ opType }) => /^(?:Log)?Softmax$/.test(opType));
  return endsInLogits && input.dims[0] === null && !isChannelsLast(file) && !normalizesItself(file);
}

const HASH_DIGITS = 8;

/** @throws where none was brought, or it is damaged */
export async function openQuantizedFile({ readModel }: Pick<Resources, 'readModel'>): Promise<QuantizedFile> {
  const { bytes, fileName } = await readModel(QUANTIZED);
  const read = readNetworkFile(bytes, fileName);
  if (read.kind !== 'quantized')
    throw new Error(`${fileName} is not quantized: it is a float network, which can be chosen as the network itself.`);
  return {
    file: `${fileName} ${(await sha256(bytes)).slice(0, HASH_DIGITS)}`,
    bytes,
    model: read.model,
    isPlain: isPlain(parseOnnx(bytes, fileName)),
    normalization: read.isAssumed ? null : read.model.normalization,
  };
}

const described = ({
  graph: {
    name,
    inputShape: [height, width],
  },
  classes,
}: Pick<FloatModel, 'graph' | 'classes'>): string =>
  `a ${name} of ${height} x ${width} images and ${plural(classes.length, 'class', 'classes')} (${classes.slice(0, 3).join(', ')}, …)`;

/** @throws with a sentence where the file holds another network than the one that it would stand beside */
export function requireSameNetwork(
  { file, model }: QuantizedFile,
  subject: { readonly model: Pick<FloatModel, 'graph' | 'classes'> },
): void {
  // A file of another tool names no classes: their order is taken to be that of the network it stands beside.
  const unnamed = model.classes.every((name, index) => name === `class ${index}`);
  const named = unnamed && model.classes.length === subject.model.classes.length;
  const classes = named ? subject.model.classes : model.classes;
  const [theirs, ours] = [described({ ...model, classes }), described(subject.model)];
  if (theirs !== ours)
    throw new Error(
      `${file} holds ${theirs}, but ${ours} is what is measured now: choose that network and those images first.`,
    );
  if (classes.join() !== subject.model.classes.join())
    throw new Error(`${file} has other classes, or in another order, than what is measured now.`);
}

const adapted = new WeakMap<QuantizedModel, QuantizedModel>();

/**
 * The file's network beside the float one. Images are normalized as the file says; where it says nothing, as for the
 * float network. The same file gives the same objects: open networks are kept by them.
 */
export function madeOfFile(
  { model: own, bytes, isPlain: isWhole, normalization }: QuantizedFile,
  model: FloatModel,
): Made {
  const used = normalization ?? model.normalization;
  const key = JSON.stringify(used);
  const file = isWhole ? { file: bytes } : {};
  const float = key === JSON.stringify(model.normalization) ? model : { ...model, normalization: used };
  if (key === JSON.stringify(own.normalization)) return { model: float, quantized: own, ...file };
  const known = adapted.get(own);
  const quantized = known && JSON.stringify(known.normalization) === key ? known : { ...own, normalization: used };
  adapted.set(own, quantized);
  return { model: float, quantized, ...file };
}
