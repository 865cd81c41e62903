/** Quantize and dequantize in float, so that a float network feels the grid; the gradient passes straight through. */
import * as tf from '@tensorflow/tfjs';
import { qRange } from '../../quant/schemes.ts';
import type { AffineParams, Bits } from '../../quant/types.ts';
import { createQuantizer, type Quantizer } from './quantizer.ts';
import { quantizeWithStep } from './steps.ts';
import type { ActivationRanges } from '../../quant/training/types.ts';

/**
 * Forward: x' = (clamp(rne(x / scale) + zeroPoint, qmin, qmax) - zeroPoint) * scale.
 * Backward, the straight-through estimator (Bengio et al. 2013): 1 inside the representable range, 0 outside.
 */
export function fakeQuantize<T extends tf.Tensor>(x: T, { scale, zeroPoint, qmin, qmax }: AffineParams): T {
  return tf.tidy(() =>
    quantizeWithStep(x, { scale: tf.tensor1d([scale]), zeroPoint: tf.tensor1d([zeroPoint]), qmin, qmax }),
  );
}

/** A grid for a layer's output. JSON-serializable: it is part of the layer's config. */
export type GridConfig = {
  /** The grid to start from (from a calibration, say). Without it give `bits`; the first batch then sets the range. */
  readonly params?: AffineParams;
  readonly bits?: Bits;
  /** Signed and symmetric, or (by default) unsigned and affine; taken from `params` where they are given. */
  readonly signed?: boolean;
  /** 'fixed' by default where there are `params`, else 'ema'. */
  readonly ranges?: ActivationRanges;
};

/** @throws when the config gives neither params nor bits */
export function gridQuantizer(
  { params, bits, signed = false, ranges }: GridConfig,
  addVector: Parameters<typeof createQuantizer>[0],
): Quantizer {
  const range = bits ? qRange(bits, params ? params.qmin < 0 : signed) : params;
  if (!range) throw new Error('A fake quantizer needs its grid (params) or its number of bits (bits).');
  const { qmin, qmax } = range;
  const start = params && { scale: [params.scale], zeroPoint: [params.zeroPoint] };
  return createQuantizer(addVector, '', { qmin, qmax, groups: 1, start, ranges: ranges ?? (params ? 'fixed' : 'ema') });
}

export type FakeQuantizeConfig = GridConfig & { readonly name?: string };

/** How many values of one image share a step. */
export const featuresOf = (x: tf.Tensor): number => x.size / (x.shape[0] || 1);

/**
 * A grid as a layer: any tfjs model can put one between two of its own layers. Its step is fixed, follows the moving
 * average of min and max, or is learned (LSQ), which Esser et al. 2020 found best at 4 bits and below.
 */
export class FakeQuantize extends tf.layers.Layer {
  static readonly className: string = 'FakeQuantize';
  readonly config: GridConfig;
  /** Set by build. */
  quantizer?: Quantizer;
  private bits?: Bits;

  constructor(config: FakeQuantizeConfig) {
    super({ name: config.name, trainable: config.ranges === 'learned' });
    const { params, bits, signed, ranges } = config;
    this.config = { params, bits, signed, ranges };
    this.bits = bits;
  }

  /** The grid it was given, if any; what it has become is in `quantizer.variables`. */
  get params(): AffineParams | undefined {
    return this.config.params;
  }

  /** As QuantConv2D and QuantDense name it. */
  get outputQuantizer(): Quantizer | null {
    return this.quantizer ?? null;
  }

  private get grid(): Quantizer {
    if (!this.quantizer) throw new Error(`${this.name}: apply the layer to its input first.`);
    return this.quantizer;
  }

  /** Changes the bitwidth; the real range stays. */
  setBits(bits: Bits): void {
    this.bits = bits;
    this.quantizer?.setBits(bits);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    this.quantizer = gridQuantizer({ ...this.config, bits: this.bits }, (name, length, trainable) =>
      this.addWeight(name, [length], 'float32', tf.initializers.zeros(), undefined, trainable),
    );
    super.build(inputShape);
  }

  /** What is put on the grid; QuantAdd and its kin compute something first. */
  protected real(inputs: tf.Tensor[]): tf.Tensor {
    return inputs[0];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    return tf.tidy(() => {
      const x = this.real(Array.isArray(inputs) ? inputs : [inputs]);
      return this.grid.apply(x, featuresOf(x), kwargs.training === true);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...gridConfigDict({ ...this.config, bits: this.bits }) };
  }
}
tf.serialization.registerClass(FakeQuantize);

/** Without the undefined, which JSON does not know. */
export function gridConfigDict({ params, ...rest }: GridConfig): tf.serialization.ConfigDict {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as tf.serialization.ConfigDict), ...(params && { params: { ...params } }) };
}
