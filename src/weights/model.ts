/** A model file to a float model, and back: the network, its weights, normalization and class names. */
import { inferShapes } from '../graph/shapes.ts';
import type { FloatModel, Graph, NamedArray, Normalization } from '../graph/types.ts';
import { architectureOfFile, architectureOfGraph } from './architectures.ts';
import { classesOf, epsilonOf, inputSizeOf, normalizationOf } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { fromGraphWeights, isIgnoredTensor, toGraphWeights } from './names.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

export type ReadModelOptions = {
  /** For a file whose metadata has no mean and std. */
  readonly normalization?: Normalization;
  /** For a file whose metadata names no classes; without either they are "class 0", "class 1", ... */
  readonly classes?: readonly string[];
  /** Side of the square input, in pixels, instead of the file's or the architecture's own. */
  readonly inputSize?: number;
};

/**
 * Reads a safetensors file in torchvision's or timm's layout: ResNet-20 for CIFAR, ResNet-18, or ResNet-50 (v1.5
 * unless the metadata's stride is 1x1: the two have the same tensors).
 * @throws Error naming the file: corrupt, none of these networks, tensors missing, extra or misshapen, metadata that
 * makes no sense, no normalization to be found, class names that are too many or too few
 */
export function readModel(
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
  fileName: string,
  options: ReadModelOptions = {},
): FloatModel {
  const { tensors, metadata } = readSafetensors(bytes, fileName, isIgnoredTensor);
  const architecture = architectureOfFile(tensors, metadata, fileName);
  const classes = classCount(tensors, fileName);
  const graph = withMetadata(architecture.build(classes), metadata, options, fileName);
  return {
    graph,
    weights: toGraphWeights(graph, tensors, fileName),
    normalization: normalizationOf(metadata, options.normalization ?? architecture.normalization, fileName),
    classes: classNames(classes, classesOf(metadata, fileName) ?? options.classes, fileName),
  };
}

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
  const { architecture, stride } = architectureOfGraph(graph);
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
  return writeSafetensors(fromGraphWeights(graph, weights), { dtype, metadata: { ...origin, ...metadata } });
}

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
  if (names.length === count) return names;
  throw new Error(`${fileName} has ${count} classes, but ${names.length} class names.`);
}
