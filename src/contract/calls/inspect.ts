/** What the lab tells of one layer: its weights on every grid, what clipping costs, what flows through it. Types only. */
import type { GraphNode, TensorName } from '../../graph/types.ts';
import type { ActivationParams, Bits, RangeMethod } from '../../quant/types.ts';
import type { LayerPath, Place } from './numberPath.ts';
import type { Sensitivity } from './sensitivity.ts';
import type { RanOn } from '../device.ts';
import type { EngineName } from '../engines.ts';
import type { Progress } from '../progress.ts';
import type { RunSettings } from '../run.ts';

/** One tensor of the network: its INPUT, or what a node puts out. */
export type LayerInfo = {
  readonly name: TensorName;
  readonly kind: GraphNode['kind'] | 'input';
  readonly inputs: readonly TensorName[];
  /** [H, W, C] or [C] of one image. */
  readonly shape: readonly number[];
  /** [kh, kw, in, out] or [in, out]; null: no weights. */
  readonly kernelShape: readonly number[] | null;
  /** Of the folded network: kernel and bias. */
  readonly parameters: number;
  readonly macs: number;
  /** What the settings' scheme makes of it; null for float32. */
  readonly quantized: LayerNoise | null;
};

/** INPUT, then the graph's nodes in their order. */
export type Layers = { readonly settings: RunSettings; readonly layers: readonly LayerInfo[] };

/** SQNR in dB, Infinity where nothing is lost; null where there is nothing of the kind. */
export type LayerNoise = {
  readonly weightBits: Bits | null;
  readonly weightSqnr: number | null;
  /** The least and the greatest of the kernel's scales. */
  readonly weightScales: readonly [least: number, greatest: number] | null;
  readonly activation: ActivationParams | null;
  readonly activationSqnr: number | null;
};

/** Every output channel of one layer's weights: its range, its grid, and what the grid costs. Arrays are [out]. */
export type LayerChannels = {
  readonly settings: RunSettings;
  readonly layer: TensorName;
  /** Whether the ranges are those after cross-layer equalization. */
  readonly equalized: boolean;
  /** Whether it shares its channels' ranges with a neighbour that they can be evened out with. */
  readonly canBeEqualized: boolean;
  readonly bits: Bits;
  readonly qmin: number;
  readonly qmax: number;
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  /** dB */
  readonly sqnr: Float64Array;
};

/** One layer's weights on the grid of one bitwidth, in steps: w / scale, so that all channels share one axis. */
export type SnapGrid = {
  readonly bits: Bits;
  readonly qmin: number;
  readonly qmax: number;
  /** Ends of the axis: the weights and the grid fit in. */
  readonly lo: number;
  readonly hi: number;
  /** How many float weights lie in each of these even bins over [lo, hi]. */
  readonly float: Uint32Array;
  /** How many weights have the code q with q - zeroPoint = first, first + 1, … */
  readonly spikes: Uint32Array;
  readonly first: number;
  /** Weights whose code is clamped. */
  readonly clipped: number;
  readonly sqnr: number;
  readonly scales: readonly [least: number, greatest: number];
  /** The way of each weight of `Snap.weights`: w / scale, rounded, its code, and what the code stands for. */
  readonly ways: {
    readonly scale: Float32Array;
    readonly zeroPoint: Int32Array;
    readonly ratio: Float32Array;
    readonly rounded: Float32Array;
    readonly code: Int32Array;
    readonly back: Float32Array;
  };
};

export type Snap = {
  readonly settings: RunSettings;
  readonly layer: TensorName;
  /** One output channel, or null: all. */
  readonly channel: number | null;
  readonly channels: number;
  readonly count: number;
  /** Some of the weights, ascending, the least and the greatest among them: their values and places in the kernel. */
  readonly weights: { readonly value: Float32Array; readonly index: Uint32Array };
  /** 2 bits first. */
  readonly grids: readonly SnapGrid[];
};

/** A range method's choice, and what it costs: mean squared errors. */
export type ClipChoice = {
  readonly method: RangeMethod;
  /** Its scale, as a share of the widest range's: where it stands on the curve. */
  readonly share: number;
  readonly lo: number;
  readonly hi: number;
  readonly clipping: number;
  readonly rounding: number;
};

/** Mean squared errors when the range is (i + 1) / length of the widest, for each i. */
export type ClipGrid = {
  readonly bits: Bits;
  readonly clipping: Float64Array;
  readonly rounding: Float64Array;
  readonly choices: readonly ClipChoice[];
};

export type ClipCurve = {
  readonly settings: RunSettings;
  readonly layer: TensorName;
  readonly of: 'weights' | 'activation';
  readonly channel: number | null;
  /** Output channels of the weights; 0 for an activation. */
  readonly channels: number;
  readonly count: number;
  readonly symmetric: boolean;
  /** The widest range: all values, and zero; of a symmetric grid, as far on either side. */
  readonly lo: number;
  readonly hi: number;
  /** Mean of the values' squares: what an error is a share of. */
  readonly power: number;
  /** How many values lie in each of these even bins over [lo, hi]. */
  readonly histogram: Float64Array;
  /** 2 bits first. */
  readonly grids: readonly ClipGrid[];
};

/** What one tensor holds for one test image, in the float network and in the quantized one. */
export type FeatureMaps = {
  readonly settings: RunSettings;
  readonly layer: TensorName;
  readonly image: number;
  /** [H, W, C] or [C] */
  readonly shape: readonly number[];
  readonly float: Float32Array;
  readonly quantized: Float32Array;
  /** dB of each channel, [C]; NaN where both are all zero. */
  readonly sqnr: Float64Array;
};

export type SensitivityResult = Sensitivity & {
  readonly settings: RunSettings;
  /** What ran the networks, and where. */
  readonly engine: EngineName;
  readonly device: RanOn;
  readonly seconds: number;
};

export type NumberPathArgs = {
  readonly settings: RunSettings;
  /** A node of the network. */
  readonly layer: TensorName;
  /** A test image's place in the set. */
  readonly image: number;
  /** In the layer's output; of a vector, y and x are 0. */
  readonly place: Place;
};

/** How the integer interpreter comes by one number. */
export type NumberPath = NumberPathArgs & {
  /** Of the layer's output, [H, W, C] or [C]. */
  readonly shape: readonly number[];
  readonly path: LayerPath;
};

type OfLayer = { readonly settings: RunSettings; readonly layer: TensorName };

export type InspectCalls = {
  layers: { args: { readonly settings: RunSettings }; result: Layers; progress: Progress };
  /** `equalized` absent: as the settings have it. */
  channels: { args: OfLayer & { readonly equalized?: boolean }; result: LayerChannels; progress: Progress };
  /** Rounding to the nearest at every bitwidth, by the rest of the settings' scheme; `channel` null: all. */
  snap: { args: OfLayer & { readonly channel: number | null }; result: Snap; progress: Progress };
  clipCurve: {
    args: OfLayer & { readonly of: 'weights' | 'activation'; readonly channel: number | null };
    result: ClipCurve;
    progress: Progress;
  };
  featureMaps: { args: OfLayer & { readonly image: number }; result: FeatureMaps; progress: Progress };
  /** From the input codes of a layer to one of its output codes: every step. */
  numberPath: { args: NumberPathArgs; result: NumberPath; progress: Progress };
  /** Each layer alone, on the settings' images. */
  sensitivity: { args: RunSettings; result: SensitivityResult; progress: Progress };
};

export type { AddPath, AveragePath, ConvPath, LayerPath, LinearPath, MaxPoolPath, Place } from './numberPath.ts';
