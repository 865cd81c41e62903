/** A top-1 is what its predictions give on the images' labels; one from a file is counted again. */

/** The share of predictions that are the label. @param labels at least as many */
export const shareRight = (predictions: Int32Array, labels: Int32Array): number =>
  predictions.reduce((right, prediction, i) => right + (prediction === labels[i] ? 1 : 0), 0) / predictions.length;

/** Less than one image of any dataset, more than what rounding does. */
const SAME = 1e-6;

/** The result as it is where its top-1 follows from its predictions; else with the top-1 that does, and marked. */
export function counted<T extends { readonly top1: number; readonly predictions: Int32Array }>(
  result: T,
  labels: Int32Array,
): T {
  const { predictions, top1 } = result;
  if (predictions.length === 0 || predictions.length > labels.length) return result;
  const share = shareRight(predictions, labels);
  return Math.abs(share - top1) < SAME ? result : { ...result, top1: share, altered: true };
}
