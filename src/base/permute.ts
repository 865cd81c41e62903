/** Reordering an array's axes: the one place where channels move from last to first and back. */

/** The typed arrays that weights, images and codes come in. */
export type Elements = Float32Array | Int32Array | Int8Array | Uint8Array;

export type Shaped<T extends Elements> = { readonly shape: readonly number[]; readonly data: T };

/**
 * Axis i of the result is axis `axes[i]` of the array, as in NumPy's transpose: [2, 3, 1, 0] turns [O, I, H, W] into
 * [H, W, I, O]. The array that comes in stays as it was.
 * @param axes each of the array's axes once
 */
export function permute<T extends Elements>({ shape, data }: Shaped<T>, axes: readonly number[]): Shaped<T> {
  const newShape = axes.map((axis) => shape[axis]);
  const strides = axes.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = data.slice() as T;
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
