/** A file of a network, whatever its format: weights in .safetensors, a float or quantized network in .onnx, a layers model of TensorFlow.js. */
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import type { NormalizationName } from '../../contract/calls/data.ts';
import { IMAGENET_NORMALIZATION } from '../../graph/normalization.ts';
import type { FloatModel } from '../../graph/types.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readNetwork, type OnnxModel } from '../../onnx/read/read.ts';
import { readWeights } from '../../weights/model.ts';
import { refuseOtherFormat } from '../../weights/otherFormats.ts';
import { isTfjsContainer } from '../../weights/tfjs/container.ts';
import { onnxWithNormalization, safetensorsWithNormalization } from './normalizations.ts';
import { readTfjsFile, tfjsWithNormalization } from './tfjsFile.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** torchvision's are exported at this size; a file that leaves its own open gets it until a dataset is chosen. */
const INPUT_SIZE = 224;

/** What is taken of a file that does not say it. */
export const ASSUMED = { normalization: IMAGENET_NORMALIZATION, inputSize: INPUT_SIZE };

/** By its name, unless its first bytes are those of safetensors. */
export const isOnnxFile = (head: Bytes, fileName: string): boolean =>
  /\.onnx$/i.test(fileName) && recognise(head.subarray(0, HEAD_BYTES)) !== 'safetensors';

export type ReadFile = OnnxModel & { readonly isAssumed: boolean };

/** `isAssumed`: neither the file nor the custom of such networks nor its user says how its input is normalized. */
export function readNetworkFile(bytes: Bytes, fileName: string): ReadFile {
  if (isTfjsContainer(bytes)) {
    const { model, normalizationFrom, chosen } = readTfjsFile(bytes, fileName);
    return { kind: 'float32', model, isAssumed: normalizationFrom === 'assumed' && chosen === null };
  }
  refuseOtherFormat(bytes, fileName);
  if (isOnnxFile(bytes, fileName)) {
    const { normalizationFrom, ...read } = readNetwork(parseOnnx(bytes, fileName), ASSUMED);
    const isAssumed = normalizationFrom === 'options';
    return read.kind === 'quantized'
      ? { kind: read.kind, model: read.model, isAssumed }
      : { kind: read.kind, model: read.model, isAssumed };
  }
  const { model, normalizationFrom } = readWeights(bytes, fileName, { assumed: ASSUMED.normalization });
  return { kind: 'float32', model, isAssumed: normalizationFrom === 'assumed' };
}

/**
 * A file that does not say how its input is normalized is taken to be torchvision's (see `withNormalization`).
 * @throws Error naming the file: damaged, another network than Fewbit can hold, an operator that cannot be imported
 */
export function readModelFile(bytes: Bytes, fileName: string): OnnxModel {
  const read = readNetworkFile(bytes, fileName);
  return read.kind === 'quantized' ? { kind: read.kind, model: read.model } : { kind: read.kind, model: read.model };
}

/** @throws Error as readModelFile, and where the file is quantized already */
export const readFloatFile = (bytes: Bytes, fileName: string): FloatModel => floatIn(bytes, fileName).model;

function floatIn(bytes: Bytes, fileName: string): Extract<ReadFile, { readonly kind: 'float32' }> {
  const file = readNetworkFile(bytes, fileName);
  if (file.kind === 'float32') return file;
  throw new Error(
    `${fileName} holds a network that is quantized already (${file.model.scheme.weightBits} bits, ${file.model.scheme.name}): there are no float weights in it to begin with.`,
  );
}

/** A float network, and what whoever measures it must know. */
export type FloatFile = { readonly model: FloatModel; readonly said: readonly string[] };

/** @throws Error as readFloatFile, and where the file holds another network than the model that is asked for; 'own' may be any */
export function readFloatFileOf(model: string, bytes: Bytes, fileName: string): FloatFile {
  const { model: read, isAssumed } = floatIn(bytes, fileName);
  if (model !== 'own' && !read.graph.name.startsWith(model))
    throw new Error(`${fileName} holds a ${read.graph.name}, not a ${model}.`);
  const usual = isTfjsContainer(bytes) ? 'from -1 to 1, as in MobileNets, is' : "ImageNet's mean and deviation are";
  const assumed = `${fileName} does not say how its pixels are scaled: ${usual} assumed. If it was trained with others, its numbers come out too low.`;
  return { model: read, said: isAssumed ? [assumed] : [] };
}

/** The file, saying the normalization that its user chooses where its maker says none; undefined: nothing is chosen. */
export function withNormalization(bytes: Bytes, fileName: string, chosen: NormalizationName | undefined): Bytes {
  if (isTfjsContainer(bytes)) return chosen === undefined ? bytes : tfjsWithNormalization(bytes, fileName, chosen);
  refuseOtherFormat(bytes, fileName);
  if (chosen === undefined) return bytes;
  return isOnnxFile(bytes, fileName)
    ? onnxWithNormalization(bytes, fileName, chosen)
    : safetensorsWithNormalization(bytes, fileName, chosen);
}

/**
 * A file that was brought: what is kept of it (see `withNormalization`), and the network in it.
 * @throws Error as readModelFile
 */
export function readNewFile(
  bytes: Bytes,
  fileName: string,
  normalization: NormalizationName | undefined,
): { readonly content: Bytes; readonly read: OnnxModel } {
  const content = withNormalization(bytes, fileName, normalization);
  return { content, read: readModelFile(content, fileName) };
}
