/** Decides how an image is kept: at the size that training needs, and as its file where that is smaller and no larger. */
import type { Decode, Picture } from '../photos/picture.ts';
import { resizeShorterSide } from '../photos/resize.ts';
import type { KeptImage } from '../store/shardWriter.ts';
import { MAX_ENTRY_BYTES } from '../archives/entries.ts';
import { faultOf, pictureFault, readImageHeader, requireWhole } from '../formats/imageHeader.ts';
import type { LoadedImage } from './sample.ts';

/** Pictures up to this many pixels are kept as pixels: decoding them again and again would cost more than their space. */
const SMALL_PIXELS = 64 * 64;

/** Longer pictures are no photographs, and at a shorter side of 160 would still be large. */
const MAX_ASPECT = 20;

const asPixels = (className: string, { height, width, pixels }: Picture): KeptImage => ({
  className,
  height,
  width,
  encoding: 'rgb',
  bytes: pixels,
});

export type KeepOptions = {
  /** An image with a longer shorter side is resized to this. */
  readonly keepSide: number;
  /** Keeps no files, only pixels: where decoding is slow, and space cheap. */
  readonly keepPixels?: boolean;
  readonly decode: Decode;
};

/**
 * Decodes the image, so that a damaged one is found now and not while training.
 * @throws a picture's fault when the image is damaged, too large, or in a format that is not decoded here
 */
export async function keepImage(
  { path, className, content }: LoadedImage,
  { keepSide, keepPixels = false, decode }: KeepOptions,
): Promise<KeptImage> {
  if (!(content instanceof Uint8Array)) return asPixels(className, content);
  if (content.length > MAX_ENTRY_BYTES)
    throw pictureFault(
      'format',
      `${path} is ${content.length} bytes long, more than is read of one image. Take it out and import again.`,
    );
  const header = readImageHeader(content, path);
  const shorter = Math.min(header.height, header.width);
  if (Math.max(header.height, header.width) > MAX_ASPECT * shorter) {
    throw pictureFault(
      'format',
      `${path} is ${header.width} x ${header.height} pixels large, too long for its width. Take it out and import again.`,
    );
  }
  requireWhole(content, path);
  const picture = await decode(content, path).catch((error: unknown) => {
    if (faultOf(error) !== null) throw error;
    throw pictureFault('damaged', error instanceof Error ? error.message : String(error), error);
  });
  const { height, width, pixels } = picture;
  if (Math.min(height, width) !== shorter || height * width !== header.height * header.width) {
    throw pictureFault(
      'damaged',
      `${path} is damaged: it is ${width} x ${height} pixels large and says ${header.width} x ${header.height}. Take it out and import again.`,
    );
  }
  if (shorter > keepSide) return asPixels(className, resizeShorterSide(picture, keepSide));
  if (keepPixels || height * width <= SMALL_PIXELS || content.length >= pixels.length)
    return asPixels(className, picture);
  return { className, height, width, encoding: 'file', bytes: content };
}
