/** A tf.LayersModel as a network that answers batch after batch. */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../data/predict.ts';

/**
 * Closing it disposes of the model. A batch smaller than the largest so far is padded to it: a GPU backend keeps buffers
 * for each shape it has seen.
 * @param model input [N, H, W, C], output [N, classes]
 */
export function networkOf(model: tf.LayersModel): Network {
  const [, height, width, channels] = model.inputs[0].shape as [null, number, number, number];
  let largest = 0;
  return {
    async run(images, n) {
      const size = (largest = Math.max(largest, n));
      const logits = tf.tidy(() => {
        const x = tf.tensor4d(padded(images, n, size), [size, height, width, channels]);
        return model.predictOnBatch(x) as tf.Tensor2D;
      });
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      return values.subarray(0, (values.length / size) * n);
    },
    close: () => void model.dispose(),
  };
}

function padded(images: Float32Array, n: number, size: number): Float32Array {
  if (n === size) return images;
  const full = new Float32Array((images.length / n) * size);
  full.set(images);
  return full;
}
