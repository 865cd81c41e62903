/** How many images a step of a watched training takes on a GPU: as many as its memory is likely to hold. */
import { inferShapes } from '../../graph/shapes.ts';
import type { Graph } from '../../graph/types.ts';
import type { GpuLimits } from '../../tensor/backend.ts';

/** Largest first; the largest is that of the recipes. Below 4 a batch norm's statistics say little. */
const BATCHES = [64, 32, 16, 8] as const;
const LEAST = 4;

/**
 * Bytes that tfjs's pool holds after one QAT step, for each byte of the outputs of all nodes: 7.0 MB for an image of
 * ResNet-20's 1.16 MB, the same from 8 to 64 images (`npx tsx bench/webgpu.ts --memory --batch 16`). The pool frees none.
 */
const STEP_FACTOR = 6;

/**
 * WebGPU does not tell how much memory there is. Its largest buffer comes nearest: browsers give it in steps, to small GPUs
 * 256 MiB. Half of it leaves room for the page, the engines and the screen.
 */
const SHARE = 0.5;

/** @throws Error naming the node if the graph is malformed */
export function gpuBatch(graph: Graph, { maxBufferSize, maxStorageBufferBindingSize }: GpuLimits): number {
  const bytes = [...inferShapes(graph).values()].map((shape) => 4 * shape.reduce((size, n) => size * n, 1));
  const perImage = STEP_FACTOR * bytes.reduce((sum, n) => sum + n, 0);
  const largest = Math.max(...bytes);
  return (
    BATCHES.find(
      (batch) => batch * perImage <= SHARE * maxBufferSize && batch * largest <= maxStorageBufferBindingSize,
    ) ?? LEAST
  );
}
