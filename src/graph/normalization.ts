/** How ImageNet's images are normalized, which most pretrained networks expect. */
import type { Normalization } from './types.ts';

/** torchvision's: the statistics of ImageNet's training images. */
export const IMAGENET_NORMALIZATION: Normalization = Object.freeze({
  mean: Object.freeze([0.485, 0.456, 0.406]),
  std: Object.freeze([0.229, 0.224, 0.225]),
});
