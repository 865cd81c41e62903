/** Quantize and dequantize in float, so that a float network feels the grid; the gradient passes straight through. */
import * as tf from '@tensorflow/tfjs';
import type { AffineParams } from '../quant/types.ts';

/**
 * Forward: x' = (clamp(rne(x / scale) + zeroPoint, qmin, qmax) - zeroPoint) * scale.
 * Backward, the straight-through estimator (Bengio et al. 2013): 1 inside the representable range, 0 outside.
 */
export function fakeQuantize<T extends tf.Tensor>(x: T, { scale, zeroPoint, qmin, qmax }: AffineParams): T {
  const low = (qmin - zeroPoint) * scale;
  const high = (qmax - zeroPoint) * scale;
  const op = tf.customGrad((...args) => {
    const [x_, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([x_]);
    // rne(x / scale) is clamped before the zero point is added: the same codes, one pass fewer.
    const value = x_.div(scale).round().clipByValue(qmin - zeroPoint, qmax - zeroPoint).mul(scale);
    const gradFunc = (dy: tf.Tensor, [sx]: tf.Tensor[]) =>
      dy.mul(sx.greaterEqual(low).logicalAnd(sx.lessEqual(high)).cast('float32'));
    return { value, gradFunc };
  });
  return op(x) as T;
}

/** A fixed grid as a layer: any tfjs model can put one between two of its own layers. */
export class FakeQuantize extends tf.layers.Layer {
  static readonly className = 'FakeQuantize';
  readonly params: AffineParams;

  constructor(config: { name?: string; params: AffineParams }) {
    super({ name: config.name, trainable: false });
    this.params = config.params;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => fakeQuantize(Array.isArray(inputs) ? inputs[0] : inputs, this.params));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), params: { ...this.params } };
  }
}
tf.serialization.registerClass(FakeQuantize);
