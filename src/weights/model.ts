/** A model file to a float model, and back: the network, its weights, normalization and class names. */
import { distinctNames } from '../base/plainText.ts';
import { elementCount } from '../graph/arrays.ts';
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';
import { mobilenet } from '../graph/networks/mobilenet.ts';
import { resnet } from '../graph/networks/resnet.ts';
import { resnetPlanOf } from '../graph/networks/resnetOf.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { FloatModel, Graph, NamedArray, Normalization } from '../graph/types.ts';
import { architectureOfFile, architectureOfGraph, isKnownArchitecture } from './architectures.ts';
import { classesOf, epsilonOf, inputSizeOf, normalizationOf } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { isMobileNetV2, torchvisionModules } from './mobileNames.ts';
import { mobileStateDict } from './mobileStateDict.ts';
import { bufferNormalization, isBeside } from './modules.ts';
import { fromGraphWeights, isIgnoredTensor, toGraphWeights } from './names.ts';
import type { ModuleOf } from './names.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { residualStateDict } from './stateDict.ts';

export type ReadModelOptions = {
  /** For a file whose metadata has no mean and std. */
  readonly normalization?: Normalization;
  /** For a file of which nothing else says it, torchvision's way of such networks included. */
  readonly assumed?: Normalization;
  /** For a file whose metadata names no classes; without either they are "class 0", "class 1", ... */
  readonly classes?: readonly string[];
  /** Side of the square input, in pixels, instead of the file's or the architecture's own. */
  readonly inputSize?: number;
};

/** A model, and what is to be said of how it was read. */
export type ReadWeights = {
  readonly model: FloatModel;
  /** Where its normalization is from: the metadata, buffers of a normalizing layer, whoever opened the file, torchvision's way, or nowhere. */
  readonly normalizationFrom: 'file' | 'buffers' | 'options' | 'convention' | 'assumed';
  readonly notes: readonly string[];
};

/**
 * Reads a safetensors file of a residual network: in torchvision's or timm's layout, or under any other names
 * (see residualStateDict); or of a MobileNetV2 of any width in torchvision's or timm's layout. ResNet-50 is v1.5 unless the metadata's stride is 1x1: the two have the same tensors.
 * @throws Error naming the file: corrupt, no residual network or MobileNetV2, tensors missing, extra or misshapen, metadata that
 * makes no sense, no normalization to be found, class names that are too many or too few
 */
export const readModel = (
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
  fileName: string,
  options: ReadModelOptions = {},
): FloatModel => readWeights(bytes, fileName, options).model;

/** As readModel, with what is to be said. @throws as readModel */
export function readWeights(
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
  fileName: string,
  options: ReadModelOptions = {},
): ReadWeights {
  const { tensors: all, metadata } = readSafetensors(bytes, fileName, isIgnored);
  const { tensors, moduleOf, build, convention, buffers, notes, ...network } = networkOf(all, metadata, fileName);
  const classes = network.classes ?? classCount(tensors, fileName);
  const graph = withMetadata(build(classes), metadata, options, fileName);
  const fallback = buffers ?? options.normalization ?? convention ?? options.assumed ?? null;
  const model = {
    graph,
    weights: toGraphWeights(graph, tensors, fileName, moduleOf),
    normalization: normalizationOf(metadata, fallback, fileName),
    classes: classNames(classes, classesOf(metadata, fileName) ?? options.classes, fileName),
  };
  return { model, normalizationFrom: source(), notes };

  function source(): ReadWeights['normalizationFrom'] {
    if (metadata.mean !== undefined) return 'file';
    if (buffers) return 'buffers';
    if (options.normalization) return 'options';
    return convention ? 'convention' : 'assumed';
  }
}

/** A network, and its tensors under torchvision's names of a ResNet, or under those that `moduleOf` says. */
type Network = {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  readonly moduleOf?: ModuleOf;
  /** Where it is not the fc's to say. */
  readonly classes?: number;
  readonly build: (classes: number) => Graph;
  readonly convention: Normalization | null;
  readonly buffers: Normalization | null;
  readonly notes: readonly string[];
};

/** A MobileNetV2 by its names; else by the metadata's architecture where it is one of Fewbit's names, else by names and shapes. */
function networkOf(all: ReadonlyMap<string, NamedArray>, metadata: Metadata, fileName: string): Network {
  const stride = metadata.stride === '1x1' ? 'v1' : metadata.stride === '3x3' ? 'v1.5' : undefined;
  const mobile = mobileNetwork(all, fileName);
  if (mobile) return mobile;
  const named = isKnownArchitecture(metadata.architecture) || (metadata.stride !== undefined && !stride);
  const eps = epsilonOf(metadata, fileName) ?? DEFAULT_EPSILON;
  const found = named ? null : residualStateDict(all, { stride, eps }, fileName);
  if (!found) {
    const { build, normalization } = architectureOfFile(all, metadata, fileName);
    return { tensors: all, build, convention: normalization, buffers: null, notes: [] };
  }
  const { plan, tensors, normalization, notes } = found;
  return {
    tensors,
    build: (classes) => resnet({ ...plan, classes }),
    convention: plan.stem.pool ? IMAGENET_NORMALIZATION : null,
    buffers: normalization,
    notes,
  };
}

/** null where the names are none of a MobileNetV2's. @throws as mobileStateDict */
function mobileNetwork(all: ReadonlyMap<string, NamedArray>, fileName: string): Network | null {
  const tensors = new Map([...all].filter(([name, array]) => !isBeside(name, array)));
  const found = mobileStateDict(tensors, fileName);
  if (!found) return null;
  const { plan, classes, moduleOf } = found;
  return {
    tensors,
    moduleOf,
    classes,
    build: (count) => mobilenet(plan, { classes: count }),
    convention: IMAGENET_NORMALIZATION,
    buffers: bufferNormalization(all),
    notes: [
      'Where it strides is in no shape: it is taken as the paper has it, and padded as torchvision and timm pad.',
    ],
  };
}

/** torchvision's. */
const DEFAULT_EPSILON = 1e-5;

/** Counters, whatever they count: single integers. */
const isIgnored = (name: string, { dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }) =>
  isIgnoredTensor(name) || (/^(?:[IU]\d+|BOOL)$/.test(dtype) && elementCount(shape) <= 1);

/**
 * Writes a model so that readModel reads the same one back; with F16, kernels in half precision.
 * @param origin where the weights come from, their licence, and what else is to be said
 * @throws Error if the graph is no network that readModel knows, its batch norms are folded, or an array is missing
 */
export function writeModel(
  { graph, weights, normalization, classes }: FloatModel,
  dtype: 'F32' | 'F16',
  origin: Required<Pick<Metadata, 'source' | 'licence'>> & Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const isMobile = isMobileNetV2(graph);
  const { architecture, stride } = isMobile
    ? { architecture: graph.name, stride: null }
    : isPlanned(graph)
      ? plannedArchitecture(graph)
      : architectureOfGraph(graph);
  const metadata: Metadata = {
    format: 'pt',
    architecture,
    ...(stride && { stride }),
    eps: String(epsilon(graph)),
    mean: JSON.stringify(normalization.mean),
    std: JSON.stringify(normalization.std),
    classes: JSON.stringify(classes),
    inputSize: String(graph.inputShape[0]),
  };
  const tensors = fromGraphWeights(graph, weights, isMobile ? torchvisionModules(graph) : undefined);
  return writeSafetensors(tensors, { dtype, metadata: { ...origin, ...metadata } });
}

/** Whether a graph is a residual network under its own name, and none of those with a name in the table. */
function isPlanned(graph: Graph): boolean {
  const found = resnetPlanOf(graph);
  return found !== null && resnet(found.plan).name === graph.name && !/^resnet(?:18|20|50|50-v1)$/.test(graph.name);
}

const plannedArchitecture = ({ name }: Graph) =>
  ({ architecture: name, stride: name.endsWith('-v1') ? '1x1' : '3x3' }) as const;

/** The graph at the epsilon and the input size that the file or the options ask for. */
function withMetadata(graph: Graph, metadata: Metadata, options: ReadModelOptions, fileName: string): Graph {
  const fileSize = inputSizeOf(metadata, fileName);
  const eps = epsilonOf(metadata, fileName);
  const size = options.inputSize ?? fileSize ?? graph.inputShape[0];
  const adapted: Graph = {
    ...graph,
    inputShape: [size, size, 3],
    nodes: graph.nodes.map((node) => ('batchNorm' in node && eps !== null ? { ...node, batchNorm: { eps } } : node)),
  };
  inferShapes(adapted);
  return adapted;
}

/** The one epsilon of all the graph's batch norms. */
function epsilon(graph: Graph): number {
  const [eps, ...others] = new Set(
    graph.nodes.flatMap((node) => ('batchNorm' in node ? [node.batchNorm?.eps ?? null] : [])),
  );
  if (typeof eps === 'number' && others.length === 0) return eps;
  throw new Error(`${graph.name} cannot be written: its convolutions must have batch norms, all with one epsilon.`);
}

function classCount(tensors: ReadonlyMap<string, NamedArray>, fileName: string): number {
  const shape = tensors.get('fc.weight')?.shape;
  if (shape?.length === 2 && shape[0] > 0) return shape[0];
  throw new Error(`${fileName} has no classifier: its fc.weight is ${shape ? `[${shape}]` : 'missing'}.`);
}

function classNames(count: number, names: readonly string[] | undefined, fileName: string): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, index) => `class ${index}`);
  if (names.length !== count) throw new Error(`${fileName} has ${count} classes, but ${names.length} class names.`);
  return distinctNames(names, (what) => new Error(`${fileName} cannot be read: ${what}.`));
}
