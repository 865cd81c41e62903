/** Which tensors share a buffer: one is another's as soon as its last reader has run. */
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf } from '../../graph/shapes.ts';
import { INPUT, type Graph, type TensorName } from '../../graph/types.ts';

/** One tensor of a batch: [images, height, width, channels], its channels filled up to whole words of four codes. */
export type GpuTensor = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Words of a pixel. */
  readonly words: number;
  /** Bytes of one image. */
  readonly bytes: number;
  /** Which of the buffers it lies in. */
  readonly slot: number;
};

export type GpuPlan = {
  readonly tensors: ReadonlyMap<TensorName, GpuTensor>;
  /** Bytes of one image in each buffer. */
  readonly slots: readonly number[];
};

/**
 * A folded graph's tensors in as few buffers as there are tensors alive at once. (The WebAssembly engine's plan gives each a place in
 * one memory; here a shader may not read and write one buffer.) The logits, float32, have the last buffer to themselves.
 */
export function gpuPlan(graph: Graph): GpuPlan {
  const shapes = inferShapes(graph);
  const { nodes } = graph;
  const names = [INPUT, ...nodes.map(({ name }) => name)];
  const lastRead = new Map(nodes.flatMap((node, i) => inputsOf(node).map((tensor) => [tensor, i] as const)));
  const slots: number[] = [];
  const freeFrom: number[] = [];
  const tensors = new Map<TensorName, GpuTensor>();
  names.forEach((name, at) => {
    const shape = lookUp(shapes, name, 'shape');
    const [height, width, channels] = shape.length === 3 ? shape : [1, 1, shape[0]];
    const isLogits = at === nodes.length;
    const words = isLogits ? channels : Math.ceil(channels / 4);
    const bytes = height * width * words * 4;
    // Written by step at - 1 and read until lastRead: whatever was last read before step at - 1 is free.
    const free = isLogits ? -1 : freeFrom.findIndex((from) => from < at - 1);
    const slot = free >= 0 ? free : slots.push(0) - 1;
    slots[slot] = Math.max(slots[slot], bytes);
    freeFrom[slot] = lastRead.get(name) ?? at - 1;
    tensors.set(name, { height, width, channels, words, bytes, slot });
  });
  return { tensors, slots };
}
