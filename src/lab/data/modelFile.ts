/** A file of a network, whatever its format: weights in .safetensors, a float network or a quantized one in .onnx. */
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import type { FloatModel, Normalization } from '../../graph/types.ts';
import { sayingNormalization, type Parsed } from '../../onnx/read/normalized.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readOnnx, readParsed, type OnnxModel } from '../../onnx/read/read.ts';
import { readModel } from '../../weights/model.ts';
import { DATASETS } from '../../contract/catalogue.ts';
import type { NormalizationName } from '../../contract/calls/data.ts';
import { IMAGENET_NORMALIZATION } from '../../graph/normalization.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What an .onnx file that does not say how its input is normalized can be taken to expect. */
export const NORMALIZATIONS: Readonly<Record<NormalizationName, Normalization>> = {
  imagenet: IMAGENET_NORMALIZATION,
  cifar10: DATASETS.cifar10.normalization,
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  signed: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

/** torchvision's are exported at this size; a file that leaves its own open gets it until a dataset is chosen. */
const INPUT_SIZE = 224;

const AS_TORCHVISION = { normalization: IMAGENET_NORMALIZATION, inputSize: INPUT_SIZE };

/** By its name, unless its first bytes are those of safetensors. */
export const isOnnxFile = (head: Bytes, fileName: string): boolean =>
  /\.onnx$/i.test(fileName) && recognise(head.subarray(0, HEAD_BYTES)) !== 'safetensors';

/**
 * An .onnx file that does not say how its input is normalized is taken to be torchvision's (see `withNormalization`).
 * @throws Error naming the file: damaged, another network than Fewbit can hold, an operator that cannot be imported
 */
export function readModelFile(bytes: Bytes, fileName: string): OnnxModel {
  return isOnnxFile(bytes, fileName)
    ? readOnnx(bytes, fileName, AS_TORCHVISION)
    : { kind: 'float32', model: readModel(bytes, fileName) };
}

/** @throws Error as readModelFile, and where the file is quantized already */
export function readFloatFile(bytes: Bytes, fileName: string): FloatModel {
  const file = readModelFile(bytes, fileName);
  if (file.kind === 'float32') return file.model;
  throw new Error(
    `${fileName} holds a network that is quantized already (${file.model.scheme.weightBits} bits, ${file.model.scheme.name}): there are no float weights in it to begin with.`,
  );
}

/** @throws Error as readFloatFile, and where the file holds another network than the model that is asked for; 'own' may be any */
export function readFloatFileOf(model: string, bytes: Bytes, fileName: string): FloatModel {
  const read = readFloatFile(bytes, fileName);
  if (model !== 'own' && !read.graph.name.startsWith(model))
    throw new Error(`${fileName} holds a ${read.graph.name}, not a ${model}.`);
  return read;
}

const onnxWithNormalization = (bytes: Bytes, fileName: string, normalization: NormalizationName): Parsed =>
  sayingNormalization({ bytes, file: parseOnnx(bytes, fileName) }, NORMALIZATIONS[normalization]);

/** The file, saying the normalization that its user names where it says none itself. Of .safetensors files nothing is changed. */
export const withNormalization = (bytes: Bytes, fileName: string, normalization: NormalizationName): Bytes =>
  isOnnxFile(bytes, fileName) ? onnxWithNormalization(bytes, fileName, normalization).bytes : bytes;

/**
 * A file that was brought: what is kept of it (see `withNormalization`), and the network in it.
 * @throws Error as readModelFile
 */
export function readNewFile(
  bytes: Bytes,
  fileName: string,
  normalization: NormalizationName,
): { readonly content: Bytes; readonly read: OnnxModel } {
  if (!isOnnxFile(bytes, fileName)) return { content: bytes, read: readModelFile(bytes, fileName) };
  const { bytes: content, file } = onnxWithNormalization(bytes, fileName, normalization);
  return { content, read: readParsed(file, AS_TORCHVISION) };
}
