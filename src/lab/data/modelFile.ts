/** A file of a network, whatever its format: weights in .safetensors, a float network or a quantized one in .onnx. */
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import type { FloatModel, Normalization } from '../../graph/types.ts';
import { normalizesItself, sayingNormalization, type Parsed } from '../../onnx/read/normalized.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readNetwork, readOnnx, type OnnxModel } from '../../onnx/read/read.ts';
import { readModel, readWeights } from '../../weights/model.ts';
import { refuseOtherFormat } from '../../weights/otherFormats.ts';
import { withSafetensorsMetadata } from '../../weights/safetensors.ts';
import { isWeighted } from '../../graph/shapes.ts';
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
  refuseOtherFormat(bytes, fileName);
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

function onnxWithNormalization(bytes: Bytes, fileName: string, normalization: NormalizationName): Parsed {
  const file = parseOnnx(bytes, fileName);
  // A graph that normalizes its own input needs no other word.
  return normalizesItself(file) ? { bytes, file } : sayingNormalization({ bytes, file }, NORMALIZATIONS[normalization]);
}

/** A .safetensors file that says nothing gets the mean and std chosen, unless they are what it is read with anyway. */
function safetensorsWithNormalization(bytes: Bytes, fileName: string, normalization: NormalizationName): Bytes {
  const { mean, std } = NORMALIZATIONS[normalization];
  const { model, normalizationFrom } = readWeights(bytes, fileName, { normalization: NORMALIZATIONS[normalization] });
  if (normalizationFrom !== 'options' || isImageNets(model, normalization)) return bytes;
  return withSafetensorsMetadata(bytes, fileName, { mean: JSON.stringify(mean), std: JSON.stringify(std) });
}

/** Networks with a max pool behind the stem are ImageNet's, and read as such. */
const isImageNets = ({ graph }: FloatModel, normalization: NormalizationName): boolean =>
  normalization === 'imagenet' && graph.nodes.some(({ kind }) => kind === 'maxPool');

/** The file, saying the normalization that its user names where it says none itself. */
export function withNormalization(bytes: Bytes, fileName: string, normalization: NormalizationName): Bytes {
  refuseOtherFormat(bytes, fileName);
  return isOnnxFile(bytes, fileName)
    ? onnxWithNormalization(bytes, fileName, normalization).bytes
    : safetensorsWithNormalization(bytes, fileName, normalization);
}

/**
 * A file that was brought: what is kept of it (see `withNormalization`), and the network in it.
 * @throws Error as readModelFile
 */
export function readNewFile(
  bytes: Bytes,
  fileName: string,
  normalization: NormalizationName,
): { readonly content: Bytes; readonly read: OnnxModel } {
  const content = withNormalization(bytes, fileName, normalization);
  return { content, read: readModelFile(content, fileName) };
}

/** What a file of a network holds, before anything is measured. */
export type WeightsDescription = {
  readonly architecture: string;
  /** Side of its images, in pixels. */
  readonly inputSize: number;
  readonly classes: number;
  /** Of the weights in the file: 32 for a float network. */
  readonly bits: number;
  /** Which was used, and why. */
  readonly normalization: Normalization & { readonly from: string };
  /** Weighted layers, in order: what they are called here and in the file. */
  readonly layers: readonly { readonly name: string; readonly fileName: string; readonly kind: string }[];
  readonly notes: readonly string[];
};

const REASONS = {
  file: 'the file says it',
  graph: "the first operators of the file's graph",
  buffers: 'buffers of a normalizing layer in the file',
  convention: "the file does not say it: torchvision's networks are trained with it",
} as const;

/**
 * @param chosen what the user says of a file that says nothing; undefined: nothing was said
 * @throws Error as readModelFile
 */
export function describeWeights(
  bytes: Bytes,
  fileName: string,
  chosen: NormalizationName | undefined,
): WeightsDescription {
  refuseOtherFormat(bytes, fileName);
  const normalization = NORMALIZATIONS[chosen ?? 'imagenet'];
  const read = isOnnxFile(bytes, fileName)
    ? readNetwork(parseOnnx(bytes, fileName), { normalization, inputSize: INPUT_SIZE })
    : { names: null, kind: 'float32' as const, ...readWeights(bytes, fileName, chosen ? { normalization } : FALLBACK) };
  const { model, names, notes, normalizationFrom } = read;
  const { graph, classes } = model;
  const from =
    normalizationFrom !== 'options'
      ? REASONS[normalizationFrom]
      : chosen
        ? `--normalization ${chosen}: the file does not say it`
        : "assumed: the file does not say it, and ImageNet's is the most common. Choose another with --normalization";
  return {
    architecture: graph.name,
    inputSize: graph.inputShape[0],
    classes: classes.length,
    bits: 'scheme' in model ? model.scheme.weightBits : 32,
    normalization: { ...model.normalization, from },
    layers: graph.nodes
      .filter(isWeighted)
      .map(({ name, kind }) => ({ name, fileName: names?.get(name) ?? name, kind })),
    notes,
  };
}

const FALLBACK = { normalization: IMAGENET_NORMALIZATION };
