/** Reordering an array's axes. */
import type { NamedArray } from '../graph/types.ts';

/**
 * Axis i of the result is axis `axes[i]` of the array, as in NumPy's transpose: [2, 3, 1, 0] turns [O, I, H, W] into
 * [H, W, I, O].
 * @param axes each of the array's axes once
 */
export function permute({ shape, data }: NamedArray, axes: readonly number[]): NamedArray {
  const newShape = axes.map((axis) => shape[axis]);
  const strides = axes.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = new Float32Array(data.length);
  let next = 0;
  const copy = (depth: number, from: number): void => {
    const [size, stride] = [newShape[depth], strides[depth]];
    if (depth === axes.length - 1) for (let i = 0; i < size; i++) result[next++] = data[from + i * stride];
    else for (let i = 0; i < size; i++) copy(depth + 1, from + i * stride);
  };
  copy(0, 0);
  return { shape: newShape, data: result };
}

/** The axes that undo a permutation. */
export function inverse(axes: readonly number[]): number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}
