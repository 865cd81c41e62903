/** How many threads help ONNX Runtime's WebAssembly. */

/**
 * min(4, half the cores, rounded up): more threads than that slow small networks down, and without cross-origin
 * isolation there is no shared memory for any.
 */
export function threadCount(cores: number, isolated: boolean): number {
  return isolated ? Math.min(4, Math.ceil(cores / 2)) : 1;
}
