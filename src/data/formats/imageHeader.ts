/** An image's size from its first bytes, and whether it is whole, before a decoder is trusted with it. */
import type { Bytes } from '../types.ts';
import { isOtherPicture, isPictureFormat, recognise } from '../import/recognise.ts';
import type { PictureFormat } from '../import/recognise.ts';
import { PICTURE_READERS } from './pictureReaders.ts';

export type ImageHeader = { readonly format: PictureFormat; readonly height: number; readonly width: number };

/** What one image may take to decode: 40 million pixels are 160 MB of RGBA. */
export const MAX_IMAGE_PIXELS = 40_000_000;

/** Why one picture cannot be taken; the others can. */
export type PictureFault = 'damaged' | 'format';

/** An error of one picture. Its `name` says which: everything else ends an import. */
export function pictureFault(fault: PictureFault, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { name: `PictureFault ${fault}` });
}

export function faultOf(error: unknown): PictureFault | null {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PictureFault damaged') return 'damaged';
  return name === 'PictureFault format' ? 'format' : null;
}

function formatOf(file: Bytes, path: string): PictureFormat {
  const kind = recognise(file.subarray(0, 512));
  if (isPictureFormat(kind)) return kind;
  if (file.length === 0)
    throw pictureFault('damaged', `${path} is damaged: it is empty. Take it out and import again.`);
  if (isOtherPicture(kind))
    throw pictureFault(
      'format',
      `${path} is neither JPEG nor PNG but ${kind}, which browsers do not decode. Convert it, or take it out, and import again.`,
    );
  throw pictureFault(
    'damaged',
    `${path} is no picture${kind === 'unknown' ? '' : ` but looks like: ${kind}`}. Take it out and import again.`,
  );
}

/**
 * @param path named in the errors
 * @throws a picture's fault when the file is in a format that nothing here decodes, is cut short, has no size, or more
 *   than MAX_IMAGE_PIXELS pixels
 */
export function readImageHeader(file: Bytes, path: string): ImageHeader {
  const format = formatOf(file, path);
  const size = PICTURE_READERS[format](new DataView(file.buffer, file.byteOffset, file.byteLength), file);
  if (!size || size.height === 0 || size.width === 0)
    throw pictureFault('damaged', `${path} is damaged: it says nothing of its size. Take it out and import again.`);
  if (size.height * size.width > MAX_IMAGE_PIXELS)
    throw pictureFault(
      'format',
      `${path} says that it is ${size.width} x ${size.height} pixels large; at most ${MAX_IMAGE_PIXELS / 1e6} million are read. Take it out and import again.`,
    );
  return { format, height: size.height, width: size.width };
}

/** @throws a picture's fault when the file ends before its picture does: decoders would make up the rest */
export function requireWhole(file: Bytes, path: string): void {
  const format = formatOf(file, path);
  const size = PICTURE_READERS[format](new DataView(file.buffer, file.byteOffset, file.byteLength), file);
  if (size?.whole !== true)
    throw pictureFault(
      'damaged',
      `${path} is damaged: it cannot be decoded, for it is cut short. Take it out and import again.`,
    );
}
