/** What the scripts that train on CIFAR-10 share. */
import type { Normalization } from '../src/graph/types.ts';

/** Channel means and deviations of the 50,000 training images. */
export const CIFAR10_NORMALIZATION: Normalization = {
  mean: [0.4914, 0.48216, 0.44653],
  std: [0.24703, 0.24349, 0.26159],
};
