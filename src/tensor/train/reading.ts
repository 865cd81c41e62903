/** What several steps measured, read at once: on a GPU each reading waits until all is done that was asked before it. */
import * as tf from '@tensorflow/tfjs';

export type Means = {
  readonly loss: number;
  readonly accuracy: number;
  /** Over how many steps these are means. */
  readonly steps: number;
};

export type StepSums = {
  /** One more step; its tensors stay the caller's. */
  readonly add: (loss: tf.Scalar, logits: tf.Tensor2D, labels: Int32Array) => void;
  /** Means over the steps since the last reading. */
  readonly read: () => Promise<Means>;
  readonly dispose: () => void;
};

/** Loss and right answers, summed where they were computed. */
export function stepSums(): StepSums {
  let sums: tf.Tensor | null = null;
  let [steps, images] = [0, 0];
  function take(next: tf.Tensor | null): void {
    sums?.dispose();
    sums = next;
  }
  return {
    add(loss, logits, labels) {
      const next = tf.tidy(() => {
        const right = logits.argMax(1).equal(tf.tensor1d(labels, 'int32')).sum().cast<tf.Scalar>('float32');
        const both = tf.stack([loss, right]);
        return sums ? sums.add(both) : both;
      });
      take(next);
      steps++;
      images += labels.length;
    },
    async read() {
      if (!sums) throw new Error('No step was taken since the last reading.');
      const [loss, right] = await sums.data();
      const means = { loss: loss / steps, accuracy: right / images, steps };
      take(null);
      [steps, images] = [0, 0];
      return means;
    },
    dispose: () => take(null),
  };
}

const READ_EVERY = 8;
/** Whoever watches or pauses a training waits no longer than about this. */
const READ_MS = 250;

/**
 * Whether a step is to be read, on a GPU; undefined on other backends, where reading costs nothing.
 * @param also steps that are read besides: those that something is kept of
 */
export function gpuReadings(also: (step: number) => boolean): ((step: number) => boolean) | undefined {
  if (tf.getBackend() !== 'webgpu') return undefined;
  let last = performance.now();
  return (step) => {
    const isDue = step % READ_EVERY === 0 || performance.now() - last >= READ_MS;
    if (isDue) last = performance.now();
    return isDue || also(step);
  };
}
