/** An image's size from its first bytes, before a decoder is trusted with it. */
import type { Bytes } from '../types.ts';
import { recognise } from '../import/recognise.ts';

export type ImageHeader = { readonly format: 'jpeg' | 'png'; readonly height: number; readonly width: number };

/** What one image may take to decode: 40 million pixels are 160 MB of RGBA. */
export const MAX_IMAGE_PIXELS = 40_000_000;

/** JPEG's start-of-frame markers: all of c0 .. cf but the tables c4 and cc, and c8 (ITU T.81, table B.1). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(view: DataView): { height: number; width: number } | null {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

const pngSize = (view: DataView): { height: number; width: number } | null =>
  view.byteLength >= 24 ? { height: view.getUint32(20), width: view.getUint32(16) } : null;

/**
 * @param path named in the errors
 * @throws when the file is neither JPEG nor PNG, has no size, or more than MAX_IMAGE_PIXELS pixels
 */
export function readImageHeader(file: Bytes, path: string): ImageHeader {
  const kind = recognise(file.subarray(0, 512));
  if (kind !== 'jpeg' && kind !== 'png')
    throw new Error(`${path} is neither JPEG nor PNG. Convert it, or take it out, and import again.`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = kind === 'jpeg' ? jpegSize(view) : pngSize(view);
  if (!size || size.height === 0 || size.width === 0)
    throw new Error(`${path} is damaged: it says nothing of its size. Take it out and import again.`);
  if (size.height * size.width > MAX_IMAGE_PIXELS) {
    throw new Error(
      `${path} says that it is ${size.width} x ${size.height} pixels large; at most ${MAX_IMAGE_PIXELS / 1e6} million are read. Take it out and import again.`,
    );
  }
  return { format: kind, ...size };
}
