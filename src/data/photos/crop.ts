/** Cutting and mirroring pictures: the crops of ImageNet training and evaluation. */
import { randomBelow } from '../../base/shuffle.ts';
import type { Random } from '../../base/random.ts';
import { resize, resizeShorterSide } from './resize.ts';
import type { Picture } from './picture.ts';

/** @throws RangeError when the rectangle is not inside the picture */
export function crop(picture: Picture, top: number, left: number, height: number, width: number): Picture {
  if (top < 0 || left < 0 || height < 1 || width < 1 || top + height > picture.height || left + width > picture.width) {
    throw new RangeError(
      `A crop of ${height} x ${width} at (${top}, ${left}) is not inside a picture of ${picture.height} x ${picture.width}.`,
    );
  }
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * 3;
    pixels.set(picture.pixels.subarray(start, start + width * 3), y * width * 3);
  }
  return { height, width, pixels };
}

/** Left and right exchanged. */
export function mirror({ height, width, pixels }: Picture): Picture {
  const out = new Uint8Array(pixels.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = width - 1; x >= 0; x--) {
      const source = (y * width + x) * 3;
      out[at++] = pixels[source];
      out[at++] = pixels[source + 1];
      out[at++] = pixels[source + 2];
    }
  }
  return { height, width, pixels: out };
}

/** The evaluation view: the shorter side made `resizeTo`, then the middle `side` x `side` (torchvision's Resize, CenterCrop). */
export function centreView(picture: Picture, side: number, resizeTo: number = side): Picture {
  const resized = resizeShorterSide(picture, resizeTo);
  // Python rounds a half to even; so does this, for the crop is to be torchvision's.
  const middle = (length: number): number => {
    const gap = length - side;
    return gap % 4 === 3 ? (gap + 1) / 2 : Math.floor(gap / 2);
  };
  return crop(resized, middle(resized.height), middle(resized.width), side, side);
}

/** Part of the area that a random crop takes, at the least. 0.35 is fast.ai's choice for Imagenette, torchvision's is 0.08. */
export const MIN_CROP_AREA = 0.35;

/** Width by height from 3/4 to 4/3, as likely to be w as 1/w. No logarithm: engines may round it differently. */
function drawAspect(random: Random): number {
  const draw = 0.75 + 0.25 * random();
  return random() < 0.5 ? draw : 1 / draw;
}

/**
 * A random crop of `minArea` to all of the area and an aspect ratio of 3/4 to 4/3, resized to side x side (Szegedy et
 * al. 2015, section 6; as torchvision's RandomResizedCrop, ten tries and then the middle).
 */
export function randomResizedCrop(
  picture: Picture,
  side: number,
  random: Random,
  minArea: number = MIN_CROP_AREA,
): Picture {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = picture.height * picture.width * (minArea + (1 - minArea) * random());
    const aspect = drawAspect(random);
    const width = Math.round(Math.sqrt(area * aspect));
    const height = Math.round(Math.sqrt(area / aspect));
    if (width < 1 || height < 1 || width > picture.width || height > picture.height) continue;
    const top = randomBelow(random, picture.height - height + 1);
    const left = randomBelow(random, picture.width - width + 1);
    return resize(crop(picture, top, left, height, width), side, side);
  }
  return centreView(picture, side);
}
