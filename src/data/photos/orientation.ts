/** How a camera was held: EXIF's orientation, for decoders that do not see to it. Browsers do. */
import type { PictureFormat } from '../import/recognise.ts';
import type { Bytes } from '../types.ts';
import type { Picture } from './picture.ts';

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const ORIENTATION_TAG = 0x0112;
const EXIF = 0x45786966;
const PNG_EXIF = 0x65584966;

/** From a TIFF structure: II or MM, 42, the place of the first directory, in it entries of 12 bytes (EXIF 2.32, 4.6). */
function fromTiff(view: DataView): number {
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (view.getUint16(at, little) === ORIENTATION_TAG) return view.getUint16(at + 8, little);
  }
  return 1;
}

/** 1 to 8; 1, upright, where the JPEG says nothing or nothing legible. */
export function jpegOrientation(file: Bytes): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    for (
      let at = 2;
      view.getUint8(at) === 0xff && view.getUint8(at + 1) !== START_OF_SCAN;
      at += 2 + view.getUint16(at + 2)
    ) {
      if (view.getUint8(at + 1) !== APP1 || view.getUint32(at + 4) !== EXIF) continue;
      const value = fromTiff(new DataView(file.buffer, file.byteOffset + at + 10, view.getUint16(at + 2) - 8));
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch (error) {
    // A place outside the file: illegible, so upright, as browsers have it.
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** Where a PNG's EXIF chunk stands (eXIf, PNG 3.0, 11.3.4.5), its length first; null where there is none. */
function exifChunk(file: Bytes): { readonly at: number; readonly length: number } | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 8; at + 12 <= file.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === PNG_EXIF) return at + 12 + length <= file.length ? { at, length } : null;
    at += 12 + length;
  }
  return null;
}

/** As jpegOrientation, of a PNG. */
export function pngOrientation(file: Bytes): number {
  const chunk = exifChunk(file);
  if (!chunk) return 1;
  try {
    const value = fromTiff(new DataView(file.buffer, file.byteOffset + chunk.at + 8, chunk.length));
    return value >= 1 && value <= 8 ? value : 1;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 1;
  }
}

/** The PNG without its EXIF chunk, so that no decoder turns it: not all do. */
export function withoutPngExif(file: Bytes): Bytes {
  const chunk = exifChunk(file);
  if (!chunk) return file;
  const rest = new Uint8Array(file.length - 12 - chunk.length);
  rest.set(file.subarray(0, chunk.at));
  rest.set(file.subarray(chunk.at + 12 + chunk.length), chunk.at);
  return rest;
}

/** 1 to 8, of a format that may say it. */
export function orientationOf(file: Bytes, format: PictureFormat): number {
  if (format === 'jpeg') return jpegOrientation(file);
  return format === 'png' ? pngOrientation(file) : 1;
}

/** Turns and mirrors the picture upright. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { height, width, pixels } = picture;
  const turned = orientation >= 5;
  const [toHeight, toWidth] = turned ? [width, height] : [height, width];
  const out = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      let [row, column] = turned ? [x, y] : [y, x];
      if (orientation === 3 || orientation === 4 || orientation === 7 || orientation === 6) row = height - 1 - row;
      if (orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8) column = width - 1 - column;
      const from = (row * width + column) * 3;
      out[to++] = pixels[from];
      out[to++] = pixels[from + 1];
      out[to++] = pixels[from + 2];
    }
  }
  return { height: toHeight, width: toWidth, pixels: out };
}
