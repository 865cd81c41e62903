/** How large the measurements are: as a GPU deserves, or as small as a software adapter can bear. */
import { resnet18, resnet20, resnet50 } from '../../../src/graph/networks/resnet.ts';
import type { Graph } from '../../../src/graph/types.ts';
import { twoBlocks } from '../../../src/tensor/testing/twoBlocks.ts';

export type Sizes = {
  /** Timed runs of each contender; one more comes before and does not count. */
  readonly runs: number;
  /** Images of the single kernels, and how many of ResNet-20's kinds of layer are raced. */
  readonly kernelBatch: number;
  readonly kernelLayers: number;
  /** Whether every check is made, or the first of each kind. */
  readonly allChecks: boolean;
  readonly inference: readonly { readonly graph: () => Graph; readonly batches: readonly number[] }[];
  readonly bits: readonly (8 | 4 | 2)[];
  readonly steps: readonly { readonly graph: () => Graph; readonly batches: readonly number[] }[];
  readonly training: {
    readonly graph: () => Graph;
    readonly batch: number;
    readonly readEvery: number;
    readonly mostEpochs: number;
  };
};

export const FULL: Sizes = {
  runs: 15,
  kernelBatch: 64,
  kernelLayers: 6,
  allChecks: true,
  inference: [
    { graph: () => resnet18(), batches: [1, 32] },
    { graph: () => resnet20(), batches: [1, 256] },
    // Last, for a slow adapter's time may be over before it.
    { graph: () => resnet50(), batches: [1, 32] },
  ],
  bits: [8, 4, 2],
  steps: [
    { graph: () => resnet20(), batches: [64, 256] },
    { graph: () => resnet18({ classes: 10, inputSize: 64 }), batches: [64] },
  ],
  training: { graph: () => resnet20(), batch: 128, readEvery: 20, mostEpochs: 200 },
};

export const TINY: Sizes = {
  runs: 1,
  kernelBatch: 1,
  kernelLayers: 1,
  allChecks: false,
  inference: [{ graph: () => twoBlocks, batches: [1] }],
  bits: [4],
  steps: [{ graph: () => twoBlocks, batches: [4] }],
  training: { graph: () => twoBlocks, batch: 4, readEvery: 2, mostEpochs: 2 },
};

/** A row of a part: one JSON object, written as soon as it is known. */
export type Emit = (row: Readonly<Record<string, unknown>>) => void;

export const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1];
export const rounded = (ms: number): number => Number(ms.toPrecision(4));
