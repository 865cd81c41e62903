/** How the integer interpreter comes by one number, each step as data. */
import type { TensorName } from '../../graph/types.ts';
import type { ActivationParams } from '../../quant/types.ts';

/** A place in a tensor [H, W, C]; of a vector [C], y and x are 0. */
export type Place = { readonly y: number; readonly x: number; readonly channel: number };

/** The input codes that a sum runs over, in the order [kh, kw, in]; arrays are [terms]. */
export type Terms = {
  /** Where each code stands in the input; outside the image where `inside` is 0. */
  readonly y: Int32Array;
  readonly x: Int32Array;
  readonly channel: Int32Array;
  readonly inside: Uint8Array;
  /** The input's code; its zero point outside the image. */
  readonly code: Uint8Array;
  /** code - zeroPoint of the input */
  readonly centred: Int16Array;
};

export type Products = Terms & {
  /** The weight's code, and that less its zero point. */
  readonly weight: Int16Array;
  readonly centredWeight: Int16Array;
  /** centred * centredWeight */
  readonly product: Int32Array;
};

/** From an int32 accumulator to a code: scaled = f32(f32(accumulator) * multiplier), rounded = rne(scaled), code = clamp(rounded + zeroPoint). */
export type Requantized = {
  readonly multiplier: number;
  readonly scaled: number;
  readonly rounded: number;
  /** rounded + zeroPoint, before the clamp. */
  readonly shifted: number;
  readonly code: number;
  /** What the code stands for. */
  readonly real: number;
};

export type At<Kind extends string> = {
  readonly kind: Kind;
  readonly layer: TensorName;
  readonly place: Place;
  readonly inputs: readonly ActivationParams[];
};

type ToCode = { readonly output: ActivationParams };

export type Summed = {
  readonly terms: Products;
  readonly sum: number;
  readonly bias: number;
  readonly accumulator: number;
};

export type ConvPath = At<'conv'> &
  ToCode &
  Summed &
  Requantized & { readonly weightScale: number; readonly weightZeroPoint: number };

/** No grid behind it: logit = f32(f32(accumulator) * multiplier). */
export type LinearPath = At<'linear'> &
  Summed & {
    readonly weightScale: number;
    readonly weightZeroPoint: number;
    readonly multiplier: number;
    readonly logit: number;
  };

/** The portable formula: level = f32(f32(sum / scale) + zeroPoint), clamped and then rounded. */
export type AddPath = At<'add'> &
  ToCode & {
    readonly codes: readonly [number, number];
    /** f32(scale * (code - zeroPoint)) of each. */
    readonly reals: readonly [number, number];
    readonly sum: number;
    readonly level: number;
    readonly code: number;
    readonly real: number;
  };

/** The greatest of the codes inside the image. */
export type MaxPoolPath = At<'maxPool'> &
  ToCode & { readonly terms: Terms; readonly code: number; readonly real: number };

/** accumulator = the sum of the centred codes of a channel. */
export type AveragePath = At<'globalAvgPool'> &
  ToCode &
  Requantized & { readonly terms: Terms; readonly accumulator: number };

export type LayerPath = ConvPath | LinearPath | AddPath | MaxPoolPath | AveragePath;
