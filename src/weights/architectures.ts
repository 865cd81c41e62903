/** The networks that a model file can hold, and which of them a file holds. */
import { resnet18, resnet20, resnet50 } from '../graph/networks/resnet.ts';
import type { Graph, NamedArray, Normalization } from '../graph/types.ts';
import type { Metadata } from './metadata.ts';
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';

export type Architecture = {
  readonly graphName: string;
  /** As the metadata's `architecture` and `stride` say it; a null stride: it has no variants. */
  readonly architecture: string;
  readonly stride: '3x3' | '1x1' | null;
  readonly build: (classes: number) => Graph;
  /** What such a network's input is normalized with where its file says nothing; null: there is no custom. */
  readonly normalization: Normalization | null;
};

const ARCHITECTURES: readonly Architecture[] = Object.freeze([
  {
    graphName: 'resnet20',
    architecture: 'resnet20-cifar',
    stride: null,
    build: (classes) => resnet20(classes),
    normalization: null,
  },
  {
    graphName: 'resnet18',
    architecture: 'resnet18',
    stride: null,
    build: (classes) => resnet18({ classes }),
    normalization: IMAGENET_NORMALIZATION,
  },
  {
    graphName: 'resnet50',
    architecture: 'resnet50',
    stride: '3x3',
    build: (classes) => resnet50({ classes }),
    normalization: IMAGENET_NORMALIZATION,
  },
  {
    graphName: 'resnet50-v1',
    architecture: 'resnet50',
    stride: '1x1',
    build: (classes) => resnet50({ classes, stride: 'v1' }),
    normalization: IMAGENET_NORMALIZATION,
  },
]);

/**
 * The network that the metadata names, or else the one that the tensors' names and shapes fit.
 * @throws Error naming the file if it is none that Fewbit knows
 */
export function architectureOfFile(
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: Metadata,
  fileName: string,
): Architecture {
  const name = metadata.architecture ?? guess(tensors);
  const variants = ARCHITECTURES.filter(({ architecture }) => architecture === name);
  if (variants.length === 0)
    throw new Error(
      `${fileName} holds ${name ?? 'a network of another kind'}, which is none of ${known()}. Bring a residual network or a MobileNetV2, or export this one as .onnx.`,
    );
  const { stride = '3x3' } = metadata;
  const found = variants.find((variant) => variant.stride === null || variant.stride === stride);
  if (found !== undefined) return found;
  throw new Error(`${fileName}: its metadata's stride is "${stride}", but must be 3x3 or 1x1.`);
}

/**
 * The network that a graph is, by its name.
 * @throws Error naming the graph if it is none that Fewbit knows
 */
export function architectureOfGraph(graph: Graph): Architecture {
  const found = ARCHITECTURES.find(({ graphName }) => graphName === graph.name);
  if (found !== undefined) return found;
  throw new Error(`${graph.name} is none of ${known()}: no model file can hold it.`);
}

/** Whether a file's metadata names one of these. */
export const isKnownArchitecture = (name: string | undefined): boolean =>
  ARCHITECTURES.some(({ architecture }) => architecture === name);

/** By what sets the networks apart: the stem, and a third convolution in each block. */
function guess(tensors: ReadonlyMap<string, NamedArray>): string | null {
  const stem = tensors.get('conv1.weight')?.shape.join();
  if (stem === '16,3,3,3') return 'resnet20-cifar';
  if (stem === '64,3,7,7') return tensors.has('layer1.0.conv3.weight') ? 'resnet50' : 'resnet18';
  return null;
}

function known(): string {
  return [...new Set(ARCHITECTURES.map(({ architecture }) => architecture))].join(', ');
}
