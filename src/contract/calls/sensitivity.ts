/** What each layer alone costs, as data: see src/lab/inspect/sensitivity.ts. */
import type { TensorName } from '../../graph/types.ts';
import type { Bits } from '../../quant/types.ts';

/** What quantizing one part of a network does to the whole. */
export type Effect = {
  /** Mean KL divergence, in nats, of the quantized network's softmax from the float one's. */
  readonly divergence: number;
  /** Fraction of the images that are still classified right. */
  readonly top1: number;
};

/** One tensor with a quantizer: a node (its weights, and the activation it writes) or the network's INPUT. */
export type LayerSensitivity = {
  readonly layer: TensorName;
  readonly parameters: number;
  readonly weightBits: Bits | null;
  readonly activationBits: Bits | null;
  /** In dB; null where there is nothing of the kind. Infinity where nothing is lost. */
  readonly weightSqnr: number | null;
  readonly activationSqnr: number | null;
  /** Kurtosis of the weights, 3 for a normal distribution: needs no data. */
  readonly kurtosis: number | null;
  readonly weights: Effect | null;
  readonly activations: Effect | null;
  readonly both: Effect;
};

export type Sensitivity = {
  readonly images: number;
  readonly float: { readonly top1: number };
  readonly whole: Effect;
  /** The costliest first, by divergence of `both`. */
  readonly layers: readonly LayerSensitivity[];
  readonly finding: string;
};
