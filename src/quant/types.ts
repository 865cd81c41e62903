/** What quantized means, as data. The arithmetic is docs/arithmetic.md; affine.ts computes it. */
import type { Graph, Normalization, TensorName } from '../graph/types.ts';

export const BITS = [2, 3, 4, 5, 6, 7, 8] as const;
export type Bits = (typeof BITS)[number];

/** `mse` is the search for the least |error|^2.4, `mse2` for the least |error|^2; the table in ranges.ts has the rest. */
export const RANGE_METHODS = [
  'minmax',
  'ema',
  'percentile99.9',
  'percentile99.99',
  'percentile99.999',
  'mse',
  'mse2',
  'octav',
  'kl',
] as const;
export type RangeMethod = (typeof RANGE_METHODS)[number];

/**
 * Repairs of accuracy, in the order they are applied. At most one of gptq, adaround, brecq; at most one of bias and gain
 * (which corrects the bias too), and it goes with neither of adaround and brecq.
 */
export const REPAIRS = ['cle', 'gptq', 'adaround', 'brecq', 'bias', 'gain'] as const;
export type Repair = (typeof REPAIRS)[number];

/** What one layer does otherwise than its scheme: its weights, and the activation it writes. */
export type LayerException = {
  readonly weightBits?: Bits;
  readonly activationBits?: Bits;
  readonly weightRange?: RangeMethod;
  readonly activationRange?: RangeMethod;
};

export type Granularity = 'perTensor' | 'perChannel';

/** Every choice that turns a float model into a quantized one. JSON-serializable. */
export type QuantScheme = {
  readonly name: string;
  readonly weightBits: Bits;
  readonly activationBits: Bits;
  readonly weights: {
    readonly granularity: Granularity;
    /** Symmetric: signed codes, zeroPoint 0. Otherwise affine: codes 0 .. 2^b - 1 with a zeroPoint. */
    readonly symmetric: boolean;
    readonly range: RangeMethod;
  };
  readonly activations: { readonly range: RangeMethod };
  /** Bits of the first convolution and the classifier, weights and the activations they read; null: as the rest. */
  readonly firstLastBits: Bits | null;
  /**
   * Bits of activations that no convolution or classifier reads: they are only added up or averaged (what goes into a
   * residual Add). No product is any wider for them. Absent: as the rest.
   */
  readonly sumBits?: Bits;
  /** Repairs of accuracy after the ranges are found; absent: none. */
  readonly repairs?: readonly Repair[];
  /** Exceptions by node name (or INPUT); they outrank `firstLastBits` and `sumBits`. */
  readonly layers?: Readonly<Record<TensorName, LayerException>>;
};

/** One tensor's affine grid: x' = (q - zeroPoint) * scale, q in qmin .. qmax. `scale` is a float32 value. */
export type AffineParams = {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly qmin: number;
  readonly qmax: number;
};

/** A quantized activation: codes are unsigned, 0 .. 2^bits - 1, held in uint8. */
export type ActivationParams = AffineParams & { readonly bits: Bits };

/** Integer weights of one conv (codes in [kh, kw, in, out] order) or linear node ([in, out] order). */
export type QuantizedWeights = {
  readonly bits: Bits;
  readonly shape: readonly number[];
  /** Signed when symmetric, unsigned when affine. Held in 8 bits whatever `bits` is; packed only in files. */
  readonly codes: Int8Array | Uint8Array;
  readonly qmin: number;
  readonly qmax: number;
  /** One for the tensor, or one for each output channel. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  /** int32 [out], at scale inputScale * scale[c] (float32 product), zeroPoint 0. */
  readonly bias: Int32Array;
};

/** What a repair did to the whole network's output, and whether its result was kept. */
export type RepairVerdict = {
  readonly repair: Repair;
  readonly kept: boolean;
  /** Mean KL divergence in nats of the output from the float network's, before the repair and after it. */
  readonly before: number;
  readonly after: number;
  /** Share of the images of which the quantized network gives the float one's answer. */
  readonly agreement: { readonly before: number; readonly after: number };
  /** Images that judged. */
  readonly images: number;
  /** Whether the repair was made on others. */
  readonly apart: boolean;
};

/** Where PTQ and QAT both end, and what the interpreter, the ONNX writer, the size count and the charts read. */
export type QuantizedModel = {
  /** Folded: no batch norm, every conv has a bias. */
  readonly graph: Graph;
  readonly scheme: QuantScheme;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
  /** For INPUT and every node but linear (none: logits stay real); a maxPool repeats its input's. */
  readonly activations: ReadonlyMap<TensorName, ActivationParams>;
  /** For every conv and linear node, by node name. */
  readonly weights: ReadonlyMap<TensorName, QuantizedWeights>;
  /** The repairs that were tried, in order; absent where the scheme asks for none that needs images. */
  readonly repairs?: readonly RepairVerdict[];
};
