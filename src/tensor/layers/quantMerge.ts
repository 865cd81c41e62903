/** Layers without weights between quantized ones: addition and global average pooling set a grid, max pooling keeps one. */
import * as tf from '@tensorflow/tfjs';
import type { Padding, Window } from '../../graph/types.ts';
import { windowCounts } from '../../graph/window.ts';
import { FakeQuantize, type FakeQuantizeConfig } from './fakeQuantize.ts';
import { added, imageMean, maxPooled } from './forward.ts';
import { paddingConfig } from './quantLayers.ts';

/** p + q, ReLU if wanted, put on a grid of its own: two tensors of one shape to one. */
export class QuantAdd extends FakeQuantize {
  static override readonly className: string = 'QuantAdd';
  readonly relu: boolean;

  constructor(config: FakeQuantizeConfig & { readonly relu?: boolean }) {
    super(config);
    this.relu = config.relu ?? false;
  }

  protected override real([p, q]: tf.Tensor[]): tf.Tensor {
    return added(p, q, this.relu);
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
    return imageMean(x);
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
  /** What lies outside never wins. */
  readonly padding?: Padding;
};

/** The greatest of each window lies on its input's grid already: [N, H, W, C] to [N, H', W', C]. */
export class QuantMaxPooling2D extends tf.layers.Layer {
  static readonly className = 'QuantMaxPooling2D';
  readonly window: Window;

  constructor({ name, poolSize, strides, padding = 0 }: QuantMaxPooling2DConfig) {
    super({ name });
    this.window = { kernel: poolSize, stride: strides, padding };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => maxPooled(x, this.window));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, height, width, channels] = inputShape as number[];
    return [n, ...windowCounts(this.window, [height, width]), channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernel, stride, padding } = this.window;
    return { ...super.getConfig(), poolSize: [...kernel], strides: stride, padding: paddingConfig(padding) };
  }
}
tf.serialization.registerClass(QuantMaxPooling2D);
