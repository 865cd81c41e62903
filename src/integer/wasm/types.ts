/** The engine as its callers see it. */
import type { TensorName } from '../../graph/types.ts';
import type { ConvKernel, IntegerKernel } from './kernels.ts';
import type { EighthBit } from './host/processor.ts';
import type { StartHelper } from './host/helpers.ts';

export type OpenOptions = {
  /**
   * Threads that share a network's work, this one included: 1 by default. More need `startHelper`, and a worker of one's own: a
   * page's thread, which must not wait, always works alone.
   */
  readonly threads?: number;
  /** Starts a helper thread: browser.ts has a browser's (in an isolated page), node.ts Node's. */
  readonly startHelper?: StartHelper;
  /** Without relaxed SIMD even where it is there. */
  readonly relaxed?: boolean;
  /** As if the processor had answered this (see processor.ts): for tests. */
  readonly eighthBit?: EighthBit;
  /**
   * 'timed' (the default): each layer's fastest kernel among the exact ones, by the clock. 'known': the same as far as such layers
   * were timed before, else by a fixed order. 'fixed': by that order, the same every time. A kernel's name: that one wherever it is
   * exact, else by the fixed order.
   */
  readonly choose?: 'timed' | 'known' | 'fixed' | IntegerKernel;
  /** Pauses while kernels are chosen, between two layers; what `pause` throws ends the opening. By default there are none. */
  readonly slices?: SliceOptions;
};

/** What runs a layer with weights, and why that. */
export type LayerChoice = {
  readonly name: TensorName;
  readonly kernel: ConvKernel | 'depthwise';
  readonly why: string;
};

export type LayerTime = { readonly name: TensorName; /** Best of the runs, one image. */ readonly ms: number };

/** One image's codes (or float32 numbers) [H, W, C], without padding; INPUT first, in the graph's order, logits not among them. */
export type OnTensor = (name: TensorName, values: Uint8Array | Float32Array, image: number) => void;

export type RunOptions = { readonly onTensor?: OnTensor };

/** Milliseconds of a slice, unless another length is asked for. */
export const SLICE_MS = 16;

export type SliceOptions = {
  /** Awaited whenever a slice has passed, between two layers: where a thread hears of a cancel. What it throws ends the work. */
  readonly pause: () => Promise<void>;
  /** Milliseconds of a slice, SLICE_MS by default. */
  readonly sliceMs?: number;
};

/**
 * An open network: weights packed, memory laid out. It computes in the thread that calls it, which waits for the helpers if there
 * are any; a page's own thread should rather not be that one.
 */
export type WasmNetwork = {
  /** What runs where, in words: "WebAssembly, relaxed SIMD with VNNI, 2 threads". */
  readonly description: string;
  readonly layers: readonly LayerChoice[];
  readonly threads: number;
  /** The WebAssembly memory of weights, tensors and tables. */
  readonly memoryBytes: number;
  /**
   * @param images [n, H, W, C], normalized
   * @returns logits [n, classes]
   * @throws Error when the numbers are not n images; RangeError at a NaN, where the network is quantized
   */
  readonly run: (images: Float32Array, n: number, options?: RunOptions) => Float32Array;
  /** As `run`, in slices between which the thread is free. */
  readonly runInSlices: (images: Float32Array, n: number, options: SliceOptions) => Promise<Float32Array>;
  /**
   * Straight from pixels: the same codes as normalizing first.
   * @param pixels bytes [n, H, W, C]
   * @param normalization x for each channel and byte, at [channel * 256 + byte] (src/data's normalizationTable)
   */
  readonly runPixels: (
    pixels: Uint8Array,
    n: number,
    normalization: Float32Array,
    options?: RunOptions,
  ) => Float32Array;
  /** As `runPixels`, in slices between which the thread is free. */
  readonly runPixelsInSlices: (
    pixels: Uint8Array,
    n: number,
    normalization: Float32Array,
    options: SliceOptions,
  ) => Promise<Float32Array>;
  /** Milliseconds of each layer over the last image, best of `runs`. */
  readonly timeLayers: (runs: number) => readonly LayerTime[];
  /** Gives the memory and the helpers back; it cannot run afterwards. */
  readonly close: () => void;
};

/** Images on their way in. */
export type Source =
  | { readonly kind: 'numbers'; readonly values: Float32Array }
  | { readonly kind: 'pixels'; readonly values: Uint8Array };
