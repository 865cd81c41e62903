/** A set of photos that is not stored: for tests of what is done with pictures. */
import type { PhotoSet } from '../photos/photoSet.ts';
import { noisePicture } from './noise.ts';

/** Pictures of many sizes, from 8 pixels on. */
export const noisePhotos = (count: number): PhotoSet => ({
  count,
  classes: ['a', 'b', 'c'],
  labels: Int32Array.from({ length: count }, (_, image) => image % 3),
  picture: async (image) => noisePicture(8 + ((image * 7) % 40), 8 + ((image * 11) % 50), image + 1),
});
