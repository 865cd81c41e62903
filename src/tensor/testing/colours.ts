/** Images that a tiny network can learn in seconds, for suites that train. */
import { randomFor } from '../../base/shuffle.ts';
import type { ImageSet } from '../../data/types.ts';

export const NORMALIZATION = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

/** Five classes that a network can tell apart: each has its own mean colour, under noise. [count, 8, 8, 3] */
export function colours(count: number): ImageSet {
  const random = randomFor(11);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 5);
  const pixels = new Uint8Array(count * 8 * 8 * 3);
  for (let i = 0; i < pixels.length; i++) {
    const label = labels[Math.floor(i / 192)];
    pixels[i] = 60 + 60 * ((label + (i % 3)) % 3) * (label > 2 ? 0.5 : 1) + 50 * random();
  }
  return { height: 8, width: 8, count, pixels, labels, classes: ['a', 'b', 'c', 'd', 'e'] };
}
