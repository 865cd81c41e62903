/** Constants of a file: its initializers, and what nodes of constants compute, as a session folds them. */
import { alive } from '../../base/work/life.ts';
import { elementCount } from '../../graph/arrays.ts';
import { CONSTANT_OPERATORS } from './constantOperators.ts';
import type { OnnxFile, OnnxNode } from './parse.ts';
import { readTensor } from './tensors.ts';
import type { Constant } from './tensors.ts';

export type Constants = {
  readonly has: (name: string) => boolean;
  /** @throws Error naming a constant that is absent or damaged */
  readonly get: (name: string) => Constant;
  /** Whether a node of constants can be computed. */
  readonly computes: (opType: string) => boolean;
  /** Adds what the graph makes a constant, as a tensor's shape. */
  readonly set: (name: string, constant: Constant) => void;
  /** Computes a node all of whose inputs are constants. @throws Error naming the operator and what it cannot do */
  readonly compute: (node: OnnxNode) => void;
};

/** Elements that folding may make for each byte of the file: unpacking 2-bit weights makes about 20. */
const ELEMENTS_PER_BYTE = 64;

/** Inputs without which an operator cannot do, where these are not one. */
const NEEDED: ReadonlyMap<string, number> = new Map([
  ['Constant', 0],
  ...['Add', 'Sub', 'Mul', 'Div', 'BitwiseOr', 'Gather', 'Reshape', 'DequantizeLinear'].map(
    (name) => [name, 2] as const,
  ),
  ['Slice', 3],
]);
export function constantsOf({ initializers, nodes, bytes }: OnnxFile): Constants {
  const values = new Map<string, Constant>();
  const readers = new Map<string, number>();
  for (const { inputs } of nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  let budget = ELEMENTS_PER_BYTE * bytes;

  const get = (name: string): Constant => {
    const known = values.get(name);
    if (known) return known;
    const initializer = initializers.get(name);
    if (!initializer)
      throw new Error(name ? `${name} is no constant of this file.` : 'an operator lacks an input that it needs.');
    const read = readTensor(initializer);
    values.set(name, read);
    return read;
  };

  const compute = (node: OnnxNode): void => {
    const operator = CONSTANT_OPERATORS[node.opType];
    if (!Object.hasOwn(CONSTANT_OPERATORS, node.opType))
      throw new Error(`${node.opType} of constants cannot be computed.`);
    const reserve = (shape: readonly number[]): number => {
      const count = elementCount(shape);
      if (!shape.every((size) => Number.isInteger(size) && size >= 0) || !(count <= budget))
        throw new Error(`${node.opType} would make [${shape}] of a file of ${bytes} bytes.`);
      budget -= count;
      return count;
    };
    // An input that is left out is the empty name.
    const present = node.inputs.map((name) => (name === '' ? undefined : get(name)));
    alive();
    const needed = NEEDED.get(node.opType) ?? 1;
    if (present.slice(0, needed).filter((each) => each !== undefined).length < needed)
      throw new Error(`${node.opType} lacks an input that it needs.`);
    const results = operator(node, present as readonly Constant[], reserve);
    if (results.length < node.outputs.length)
      throw new Error(`${node.opType} makes ${results.length} tensors, not ${node.outputs.length}.`);
    node.outputs.forEach((name, index) => values.set(name, results[index]));
    for (const name of node.inputs) forget(name);
  };

  /** What nothing will read again need not stay in memory. */
  const forget = (name: string): void => {
    const left = (readers.get(name) ?? 1) - 1;
    readers.set(name, left);
    if (left <= 0) values.delete(name);
  };

  return {
    has: (name) => values.has(name) || initializers.has(name),
    computes: (opType) => Object.hasOwn(CONSTANT_OPERATORS, opType),
    set: (name, constant) => values.set(name, constant),
    get,
    compute,
  };
}
