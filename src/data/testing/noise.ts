/** Pictures made of noise that any language makes alike: for comparing with Pillow and between engines. */
import type { Picture } from '../photos/picture.ts';
import type { Bytes } from '../types.ts';

/** The high bytes of Numerical Recipes' linear congruential generator. */
export function noise(length: number, seed: number): Bytes {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export const noisePicture = (height: number, width: number, seed: number): Picture => ({
  height,
  width,
  pixels: noise(height * width * 3, seed),
});
