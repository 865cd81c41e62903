/** Logits read as answers: which class, how sure, how often right. */

export type Predictions = {
  /** [count], the class of the largest logit, the first of equals. */
  readonly classes: Int32Array;
  /** [count], its softmax probability. */
  readonly confidences: Float32Array;
};

/** @param logits [n, classCount] */
export function decide(logits: Float32Array, classCount: number): Predictions {
  const n = logits.length / classCount;
  const classes = new Int32Array(n);
  const confidences = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * classCount, (i + 1) * classCount);
    const best = row.reduce((top, value, k) => (value > row[top] ? k : top), 0);
    classes[i] = best;
    confidences[i] = 1 / row.reduce((sum, value) => sum + Math.exp(value - row[best]), 0);
  }
  return { classes, confidences };
}

/** How many images' class is their label; `labels` may be longer than the classes. */
export function hits(classes: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
  return right;
}

/** The fraction of images whose class is their label; `labels` may be longer than the classes. */
export const top1 = (classes: ArrayLike<number>, labels: ArrayLike<number>): number =>
  hits(classes, labels) / classes.length;

/** Mean of -log(softmax of the label's logit), in nats. @param logits [n, classCount] */
export function crossEntropy(logits: Float32Array, labels: ArrayLike<number>, classCount: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classCount, (i + 1) * classCount);
    const top = row.reduce((most, value) => Math.max(most, value), -Infinity);
    sum += top + Math.log(row.reduce((total, value) => total + Math.exp(value - top), 0)) - row[labels[i]];
  }
  return sum / labels.length;
}
