/** Shapes that are looked at otherwise: what Reshape, Squeeze, Unsqueeze and Flatten make of one, in every opset. */
import { elementCount } from '../../graph/arrays.ts';
import type { OnnxNode } from './parse.ts';
import type { Constant } from './tensors.ts';

/** Axes of a node, as an attribute or (from opset 13 or 18 on) as an input, counted from 0; null: it names none. */
export function axesOf(node: OnnxNode, input: Constant | undefined, rank: number): readonly number[] | null {
  const given = input ? Array.from(input.data, Number) : (node.attributes.get('axes') as readonly number[] | undefined);
  if (!given || given.length === 0) return null;
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.some((axis) => !(axis >= 0 && axis < rank))) throw new Error(`${node.opType}: axes [${given}] of ${rank}.`);
  return axes;
}

/** Reshape's: -1 is what is left, 0 what was there. @throws Error where the elements do not fit */
export function viewed(node: OnnxNode, from: readonly number[], target: Constant | undefined): number[] {
  const given = target ? Array.from(target.data, Number) : (node.attributes.get('shape') as number[] | undefined);
  if (!given) throw new Error('Reshape: it does not say to what.');
  const keep = !node.attributes.get('allowzero');
  const wanted = given.map((size, axis) => (size === 0 && keep ? from[axis] : size));
  const known = elementCount(wanted.filter((size) => size !== -1));
  const count = elementCount(from);
  const shape = wanted.map((size) => (size === -1 ? count / known : size));
  if (elementCount(shape) !== count || shape.some((size) => !(Number.isInteger(size) && size >= 0)))
    throw new Error(`Reshape of [${from}] to [${given}].`);
  return shape;
}

/** Without the axes named; without any of size 1 where none is named. */
export const squeezed = (from: readonly number[], axes: readonly number[] | null): number[] =>
  from.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1));

/** With axes of size 1 at the places named. */
export function unsqueezed(node: OnnxNode, from: readonly number[], input: Constant | undefined): number[] {
  const given = input ? Array.from(input.data, Number) : ((node.attributes.get('axes') as number[] | undefined) ?? []);
  const axes = axesOf(node, input, from.length + given.length) ?? [];
  const rest = [...from];
  return Array.from({ length: from.length + given.length }, (_, axis) =>
    axes.includes(axis) ? 1 : (rest.shift() ?? 1),
  );
}

/** Flatten's two axes. */
export function flattened(node: OnnxNode, from: readonly number[]): number[] {
  const given = Number(node.attributes.get('axis') ?? 1);
  const axis = given < 0 ? given + from.length : given;
  return [elementCount(from.slice(0, axis)), elementCount(from.slice(axis))];
}
