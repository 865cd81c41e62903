/** Layers without weights between quantized ones: addition and global average pooling set a grid, max pooling keeps one. */
import * as tf from '@tensorflow/tfjs';
import type { Activation, Padding, Window } from '../../graph/types.ts';
import { windowCounts } from '../../graph/window.ts';
import { FakeQuantize, type FakeQuantizeConfig } from './fakeQuantize.ts';
import { added, averagePooled, imageMean, maxPooled } from './forward.ts';
import { activationConfig, paddingConfig } from './quantLayers.ts';

/** p + q and its activation, put on a grid of its own: two tensors of one shape to one. */
export class QuantAdd extends FakeQuantize {
  static override readonly className: string = 'QuantAdd';
  readonly activation: Activation | null;

  constructor(config: FakeQuantizeConfig & { readonly activation?: Activation | null }) {
    super(config);
    this.activation = config.activation ?? null;
  }

  protected override real([p, q]: tf.Tensor[]): tf.Tensor {
    return added(p, q, this.activation);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape[0] as tf.Shape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), activation: activationConfig(this.activation) };
  }
}
tf.serialization.registerClass(QuantAdd);

/** The mean over the image, put on a grid of its own: [N, H, W, C] to [N, C]. */
export class QuantGlobalAveragePooling2D extends FakeQuantize {
  static override readonly className: string = 'QuantGlobalAveragePooling2D';

  protected override real([x]: tf.Tensor[]): tf.Tensor {
    return imageMean(x);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, , , channels] = inputShape as number[];
    return [n, channels];
  }
}
tf.serialization.registerClass(QuantGlobalAveragePooling2D);

export type PoolConfig = {
  readonly name?: string;
  readonly poolSize: readonly [height: number, width: number];
  readonly strides: number;
  /** What lies outside never wins, and is not counted. */
  readonly padding?: Padding;
};

const windowOf = ({ poolSize, strides, padding = 0 }: PoolConfig): Window => ({
  kernel: poolSize,
  stride: strides,
  padding,
});

function pooledShape(window: Window, inputShape: tf.Shape | tf.Shape[]): tf.Shape {
  const [n, height, width, channels] = inputShape as number[];
  return [n, ...windowCounts(window, [height, width]), channels];
}

const poolConfig = ({ kernel, stride, padding }: Window) => ({
  poolSize: [...kernel],
  strides: stride,
  padding: paddingConfig(padding),
});

/** The mean of each window, put on a grid of its own: [N, H, W, C] to [N, H', W', C]. */
export class QuantAveragePooling2D extends FakeQuantize {
  static override readonly className: string = 'QuantAveragePooling2D';
  readonly window: Window;

  constructor(config: FakeQuantizeConfig & PoolConfig) {
    super(config);
    this.window = windowOf(config);
  }

  protected override real([x]: tf.Tensor[]): tf.Tensor {
    return averagePooled(x, this.window);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return pooledShape(this.window, inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...poolConfig(this.window) };
  }
}
tf.serialization.registerClass(QuantAveragePooling2D);

/** The greatest of each window lies on its input's grid already: [N, H, W, C] to [N, H', W', C]. */
export class QuantMaxPooling2D extends tf.layers.Layer {
  static readonly className = 'QuantMaxPooling2D';
  readonly window: Window;

  constructor(config: PoolConfig) {
    super({ name: config.name });
    this.window = windowOf(config);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => maxPooled(x, this.window));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return pooledShape(this.window, inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...poolConfig(this.window) };
  }
}
tf.serialization.registerClass(QuantMaxPooling2D);
