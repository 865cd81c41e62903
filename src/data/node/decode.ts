/** Decodes images in Node: jpeg-js, pngjs and what lies beside. For the headless twin; the page never loads this. */
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { pictureFault, readImageHeader } from '../formats/imageHeader.ts';
import type { PictureFormat } from '../import/recognise.ts';
import { orientationOf, upright } from '../photos/orientation.ts';
import type { Decode, Picture } from '../photos/picture.ts';
import type { Bytes } from '../types.ts';
import { decodeBmp } from './bmp.ts';
import { decodeGif } from './gif.ts';
import type { Rgba } from './rgba.ts';
import { decodeWebp } from './webp.ts';

const MAX_MEGAPIXELS = 40;
const MAX_MEMORY_MB = 1024;

/** Lays the picture over white, as a browser's canvas does that was white before. */
function overWhite({ height, width, data }: Rgba): Picture {
  const pixels = new Uint8Array(height * width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    const alpha = data[from + 3];
    for (let channel = 0; channel < 3; channel++) {
      pixels[to++] =
        alpha === 255 ? data[from + channel] : Math.round((data[from + channel] * alpha) / 255 + 255 - alpha);
    }
  }
  return { height, width, pixels };
}

const jpegOf = (file: Bytes): Rgba =>
  jpeg.decode(file, {
    useTArray: true,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: MAX_MEMORY_MB,
  });

/** The checksums of the chunks that matter were compared already, see formats/pictureReaders.ts. */
const pngOf = (file: Bytes): Rgba =>
  PNG.sync.read(Buffer.from(file.buffer, file.byteOffset, file.byteLength), { checkCRC: false });

/** What each format is decoded with; null: with nothing. */
const DECODERS: Readonly<Record<PictureFormat, ((file: Bytes) => Rgba | Promise<Rgba>) | null>> = {
  jpeg: jpegOf,
  png: pngOf,
  gif: decodeGif,
  bmp: decodeBmp,
  webp: decodeWebp,
  avif: null,
};

/** @throws a picture's fault: damaged, or in a format that Node has no decoder for */
export const nodeDecode: Decode = async (file, path) => {
  const { format } = readImageHeader(file, path);
  const decode = DECODERS[format];
  if (!decode)
    throw pictureFault(
      'format',
      `${path} is ${format.toUpperCase()}, which only the page decodes: there is no decoder for it in Node. Convert it, or import it on the page.`,
    );
  try {
    return upright(overWhite(await decode(file)), orientationOf(file, format));
  } catch (cause) {
    throw pictureFault('damaged', `${path} is damaged: it cannot be decoded. Take it out and import again.`, cause);
  }
};
