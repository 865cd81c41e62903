/** Shapes: of every tensor of a graph, and of every array of weights that it needs. */
import { INPUT } from './types.ts';
import type { ConvNode, Graph, GraphNode, MaxPoolNode, TensorName, WeightedNode } from './types.ts';

/** [H, W, C] or [C] of one image's tensor; the batch axis is left out. */
type Shape = number[];

/** What an array is for its node: the part of its name after the node's. */
export type ArrayPart = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

/** The tensors that a node reads. */
export function inputsOf(node: GraphNode): readonly TensorName[] {
  return node.kind === 'add' ? node.inputs : [node.input];
}

/** Whether a node carries weights. */
export function isWeighted(node: GraphNode): node is WeightedNode {
  return node.kind === 'conv' || node.kind === 'linear';
}

/**
 * The shape of INPUT and of every node's output, in the graph's order.
 * @throws Error naming the node: a name used twice, an input that is unknown or comes later, channels or shapes that
 * do not match, a window larger than its padded image, a size that is not a positive integer.
 */
export function inferShapes(graph: Graph): Map<TensorName, number[]> {
  const names = new Set(graph.nodes.map((node) => node.name));
  requirePositive(graph.name, 'input shape', graph.inputShape);
  const shapes = new Map<TensorName, Shape>([[INPUT, [...graph.inputShape]]]);
  for (const node of graph.nodes) {
    const inputs = inputsOf(node).map((name) => {
      const shape = shapes.get(name);
      if (shape !== undefined) return shape;
      throw new Error(
        names.has(name)
          ? `${node.name} reads ${name}, which comes later: a graph's nodes must be in topological order.`
          : `${node.name} reads ${name}, which the graph does not have.`,
      );
    });
    if (shapes.has(node.name)) throw new Error(`${node.name} is the name of two tensors: names must be unique.`);
    shapes.set(node.name, outputShape(node, inputs));
  }
  return shapes;
}

/**
 * Every array that the graph needs, by name, with its shape: `n.kernel`, `n.bias`, `n.gamma`, `n.beta`, `n.mean`,
 * `n.variance` for each weighted node `n` (see NamedArray).
 */
export function weightShapes(graph: Graph): Map<string, number[]> {
  return new Map(
    graph.nodes
      .filter(isWeighted)
      .flatMap((node) => [...nodeArrays(node)].map(([part, shape]) => [`${node.name}.${part}`, shape] as const)),
  );
}

/** The arrays that one node needs, with their shapes. */
export function nodeArrays(node: WeightedNode): Map<ArrayPart, number[]> {
  if (node.kind === 'linear') {
    return new Map([
      ['kernel', [node.inFeatures, node.outFeatures]],
      ['bias', [node.outFeatures]],
    ]);
  }
  const { kernel, inChannels, outChannels, bias, batchNorm } = node;
  const vectors: ArrayPart[] = [
    ...(bias ? (['bias'] as const) : []),
    ...(batchNorm ? (['gamma', 'beta', 'mean', 'variance'] as const) : []),
  ];
  return new Map<ArrayPart, number[]>([
    ['kernel', [...kernel, inChannels, outChannels]],
    ...vectors.map((part): [ArrayPart, number[]] => [part, [outChannels]]),
  ]);
}

function outputShape(node: GraphNode, inputs: readonly Shape[]): Shape {
  const [first, second] = inputs;
  switch (node.kind) {
    case 'conv':
      requireImage(node.name, first);
      requirePositive(node.name, 'channel counts', [node.inChannels, node.outChannels]);
      requireEqual(node.name, 'channels', node.inChannels, first[2]);
      return [...windows(node, first), node.outChannels];
    case 'maxPool':
      requireImage(node.name, first);
      return [...windows(node, first), first[2]];
    case 'globalAvgPool':
      requireImage(node.name, first);
      return [first[2]];
    case 'linear':
      if (first.length !== 1) throw new Error(`${node.name} needs a vector, but reads [${first}].`);
      requirePositive(node.name, 'feature counts', [node.inFeatures, node.outFeatures]);
      requireEqual(node.name, 'features', node.inFeatures, first[0]);
      return [node.outFeatures];
    case 'add':
      if (first.join() !== second.join())
        throw new Error(`${node.name} adds [${first}] and [${second}]: the shapes must be equal.`);
      return [...first];
  }
}

/** [H, W] after sliding a padded window: floor((size + 2 padding - kernel) / stride) + 1. */
function windows({ name, kernel, stride, padding }: ConvNode | MaxPoolNode, input: Shape): [number, number] {
  requirePositive(name, 'kernel and stride', [...kernel, stride]);
  if (!Number.isInteger(padding) || padding < 0)
    throw new Error(`${name} has padding ${padding}: it must be zero or a positive integer.`);
  const along = (axis: 0 | 1): number => Math.floor((input[axis] + 2 * padding - kernel[axis]) / stride) + 1;
  const size: [number, number] = [along(0), along(1)];
  if (size[0] < 1 || size[1] < 1)
    throw new Error(`${name} has a ${kernel.join('x')} window, larger than its image [${input}] padded by ${padding}.`);
  return size;
}

function requireImage(name: string, shape: Shape): void {
  if (shape.length !== 3) throw new Error(`${name} needs an image [H, W, C], but reads [${shape}].`);
}

function requireEqual(name: string, what: string, expected: number, found: number): void {
  if (expected !== found) throw new Error(`${name} expects ${expected} ${what}, but its input has ${found}.`);
}

function requirePositive(name: string, what: string, sizes: readonly number[]): void {
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0))
    throw new Error(`${name} has ${what} [${sizes}]: they must be positive integers.`);
}
