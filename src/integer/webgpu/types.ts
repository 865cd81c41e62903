/** The integer engine on a GPU, as its callers see it. */
import type { TensorName } from '../../graph/types.ts';
import type { TileName } from './tiles.ts';

export type GpuOpenOptions = {
  /**
   * 'timed' (the default): each kind of layer's fastest tile on this very GPU, by the clock; on an adapter that only imitates a
   * GPU as 'fixed'. 'fixed': by the layer's size, the same every time. A tile's name: that one for all layers.
   */
  readonly choose?: 'timed' | 'fixed' | TileName;
  /** Most images at once, 32 by default; fewer where the device's limits ask for it. More are run one batch after another. */
  readonly batch?: number;
};

/** Which tile computes a layer with weights, and why that. */
export type LayerTile = {
  readonly name: TensorName;
  readonly tile: TileName;
  readonly why: string;
};

/** One image's codes [H, W, C] (or [C]); INPUT first, in the graph's order, logits not among them. */
export type OnCodes = (name: TensorName, codes: Uint8Array, image: number) => void;

export type GpuRunOptions = {
  readonly onTensor?: OnCodes;
  /** Heard between two batches. */
  readonly signal?: AbortSignal;
};

export type GpuNetwork = {
  /** What runs where, in words: "NVIDIA H100 (WebGPU), 8-bit dot products". */
  readonly description: string;
  /** Tiles of the number of images that was last made ready, none before the first run. */
  readonly layers: () => readonly LayerTile[];
  /** Most images at once. */
  readonly batch: number;
  /** Bytes of packed weights, and of everything on the GPU. */
  readonly weightBytes: number;
  readonly bytes: number;
  /**
   * @param images [n, H, W, C], normalized
   * @returns logits [n, classes]
   * @throws Error when the numbers are not n images, when the GPU is lost; RangeError at a NaN; the signal's reason
   */
  readonly run: (images: Float32Array, n: number, options?: GpuRunOptions) => Promise<Float32Array>;
  /**
   * Straight from pixels: the same codes as normalizing first.
   * @param pixels bytes [n, H, W, C]
   * @param normalization x for each channel and byte, at [channel * 256 + byte] (src/data's normalizationTable)
   */
  readonly runPixels: (
    pixels: Uint8Array,
    n: number,
    normalization: Float32Array,
    options?: GpuRunOptions,
  ) => Promise<Float32Array>;
  /** Milliseconds of each layer for one image, best of `runs`: the GPU's own where it has a clock. */
  readonly timeLayers: (runs: number) => Promise<readonly { readonly name: TensorName; readonly ms: number }[]>;
  /** Gives the buffers back; the device stays open. It cannot run afterwards. */
  readonly close: () => void;
};
