/** Layers without weights between quantized ones: addition and global average pooling set a grid, max pooling keeps one. */
import * as tf from '@tensorflow/tfjs';
import { addRelu } from './addRelu.ts';
import { FakeQuantize, type FakeQuantizeConfig } from './fakeQuantize.ts';

/** p + q, ReLU if wanted, put on a grid of its own: two tensors of one shape to one. */
export class QuantAdd extends FakeQuantize {
  static override readonly className: string = 'QuantAdd';
  readonly relu: boolean;

  constructor(config: FakeQuantizeConfig & { readonly relu?: boolean }) {
    super(config);
    this.relu = config.relu ?? false;
  }

  protected override real([p, q]: tf.Tensor[]): tf.Tensor {
    return this.relu ? addRelu(p as tf.Tensor4D, q as tf.Tensor4D) : p.add(q);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape[0] as tf.Shape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), relu: this.relu };
  }
}
tf.serialization.registerClass(QuantAdd);

/** The mean over the image, put on a grid of its own: [N, H, W, C] to [N, C]. */
export class QuantGlobalAveragePooling2D extends FakeQuantize {
  static override readonly className: string = 'QuantGlobalAveragePooling2D';

  protected override real([x]: tf.Tensor[]): tf.Tensor {
    return x.mean([1, 2]);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, , , channels] = inputShape as number[];
    return [n, channels];
  }
}
tf.serialization.registerClass(QuantGlobalAveragePooling2D);

export type QuantMaxPooling2DConfig = {
  readonly name?: string;
  readonly poolSize: readonly [height: number, width: number];
  readonly strides: number;
  /** On each side; what lies outside never wins. */
  readonly padding?: number;
};

/** The greatest of each window lies on its input's grid already: [N, H, W, C] to [N, H', W', C]. */
export class QuantMaxPooling2D extends tf.layers.Layer {
  static readonly className = 'QuantMaxPooling2D';
  readonly pool: Required<Omit<QuantMaxPooling2DConfig, 'name'>>;

  constructor({ name, poolSize, strides, padding = 0 }: QuantMaxPooling2DConfig) {
    super({ name });
    this.pool = { poolSize, strides, padding };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { poolSize, strides, padding } = this.pool;
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.tidy(() => tf.maxPool(x, [...poolSize], strides, padding));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, height, width, channels] = inputShape as number[];
    const { poolSize, strides, padding } = this.pool;
    const along = (size: number, window: number): number => Math.floor((size + 2 * padding - window) / strides) + 1;
    return [n, along(height, poolSize[0]), along(width, poolSize[1]), channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { poolSize, strides, padding } = this.pool;
    return { ...super.getConfig(), poolSize: [...poolSize], strides, padding };
  }
}
tf.serialization.registerClass(QuantMaxPooling2D);
