/** PyTorch's names and axis orders to the graph's, and back. */
import { elementCount, namedArray, requireUsable } from '../graph/arrays.ts';
import { isWeighted, nodeArrays } from '../graph/shapes.ts';
import type { ArrayPart } from '../graph/operators.ts';
import type { Graph, NamedArray, WeightedNode, Weights } from '../graph/types.ts';
import { inverse, permute } from '../base/permute.ts';

/** One array under both its names. */
export type NameEntry = {
  /** In the graph: `layer1.0.conv1.kernel`. */
  readonly name: string;
  /** In torchvision's and timm's files: `layer1.0.conv1.weight`. */
  readonly torchName: string;
  /** The shape in the file. */
  readonly torchShape: readonly number[];
  /** The file's axes, in the graph's order. */
  readonly axes: readonly number[];
};

/** Which module of PyTorch's holds a part, and under what name there. */
const PARTS: Readonly<Record<ArrayPart, readonly [module: 'own' | 'batchNorm', parameter: string]>> = Object.freeze({
  kernel: ['own', 'weight'],
  bias: ['own', 'bias'],
  gamma: ['batchNorm', 'weight'],
  beta: ['batchNorm', 'bias'],
  mean: ['batchNorm', 'running_mean'],
  variance: ['batchNorm', 'running_var'],
});

/** A convolution node's last name to its PyTorch modules; the first rule that matches counts. */
const MODULES: readonly (readonly [node: RegExp, own: string, batchNorm: string])[] = Object.freeze([
  [/downsample$/, 'downsample.0', 'downsample.1'],
  [/conv(\d+)$/, 'conv$1', 'bn$1'],
]);

/** Of PyTorch's axes to ours, by their number: vectors; [out, in] to [in, out]; [O, I, H, W] to [H, W, I, O]. */
const AXES: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };

/** The PyTorch module that holds a part of a node. */
export type ModuleOf = (node: WeightedNode, module: 'own' | 'batchNorm') => string;

const ADVICE = 'Save the whole state_dict of the network anew, or export it as .onnx.';

/** Every array of the graph under both its names, in the graph's order; by default torchvision's names of a ResNet. */
export function nameTable(graph: Graph, moduleOf: ModuleOf = torchModule): NameEntry[] {
  return graph.nodes.filter(isWeighted).flatMap((node) =>
    [...nodeArrays(node)].map(([part, shape]) => {
      const [module, parameter] = PARTS[part];
      const axes = AXES[shape.length];
      return {
        name: `${node.name}.${part}`,
        torchName: `${moduleOf(node, module)}.${parameter}`,
        torchShape: inverse(axes).map((axis) => shape[axis]),
        axes,
      };
    }),
  );
}

/** PyTorch counts a batch norm's batches in an integer that inference never reads; files may hold or omit it. */
export function isIgnoredTensor(torchName: string): boolean {
  return torchName.endsWith('.num_batches_tracked');
}

/**
 * A file's tensors as the graph's weights: names translated, kernels from OIHW to [kh, kw, in, out], linear kernels
 * from [out, in] to [in, out]. Tensors called `*.num_batches_tracked` are ignored.
 * @throws Error naming the file and the tensors: any that is missing, extra, misshapen or not finite
 */
export function toGraphWeights(
  graph: Graph,
  tensors: ReadonlyMap<string, NamedArray>,
  fileName: string,
  moduleOf?: ModuleOf,
): Weights {
  const entries = nameTable(graph, moduleOf);
  const expected = new Set(entries.map(({ torchName }) => torchName));
  const missing = [...expected].filter((name) => !tensors.has(name));
  const extra = [...tensors.keys()].filter((name) => !expected.has(name) && !isIgnoredTensor(name));
  if (missing.length > 0)
    throw new Error(`${fileName} is not a whole ${graph.name}: it lacks ${list(missing)}. ${ADVICE}`);
  if (extra.length > 0) throw new Error(`${fileName} is not a ${graph.name}: it also holds ${list(extra)}. ${ADVICE}`);
  return new Map(
    entries.map((entry) => {
      const tensor = checked(entry, namedArray(tensors, entry.torchName), fileName);
      return [entry.name, permute(tensor, entry.axes)];
    }),
  );
}

/**
 * The inverse of toGraphWeights: the graph's weights under torchvision's names and in PyTorch's axis order.
 * @throws Error naming an array that the weights lack
 */
export function fromGraphWeights(graph: Graph, weights: Weights, moduleOf?: ModuleOf): Map<string, NamedArray> {
  return new Map(
    nameTable(graph, moduleOf).map(({ name, torchName, axes }) => [
      torchName,
      permute(namedArray(weights, name), inverse(axes)),
    ]),
  );
}

function torchModule(node: WeightedNode, module: 'own' | 'batchNorm'): string {
  if (!('batchNorm' in node)) return node.name;
  for (const [pattern, own, batchNorm] of MODULES) {
    if (pattern.test(node.name)) return node.name.replace(pattern, module === 'own' ? own : batchNorm);
  }
  throw new Error(`${node.name} has no PyTorch name: convolutions are called conv1, conv2, ... or downsample.`);
}

function checked({ torchName, torchShape }: NameEntry, array: NamedArray, fileName: string): NamedArray {
  if (array.shape.join() !== torchShape.join() || array.data.length !== elementCount(torchShape))
    throw new Error(`${fileName}: ${torchName} has shape [${array.shape}], but should have [${torchShape}]. ${ADVICE}`);
  requireUsable(`${fileName}: ${torchName}`, array.data, torchName.endsWith('.running_var'));
  return array;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
