/** Decodes images in Node, in JavaScript: jpeg-js and pngjs. For the headless twin; the page never loads this. */
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { readImageHeader } from '../formats/imageHeader.ts';
import { jpegOrientation, upright } from '../photos/orientation.ts';
import type { Decode, Picture } from '../photos/picture.ts';

const MAX_MEGAPIXELS = 40;
const MAX_MEMORY_MB = 1024;

/** Lays the picture over white, as a browser's canvas does that was white before. */
function overWhite({ height, width, data }: { height: number; width: number; data: Uint8Array }): Picture {
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

export const nodeDecode: Decode = async (file, path) => {
  const { format } = readImageHeader(file, path);
  try {
    if (format === 'png') return overWhite(PNG.sync.read(Buffer.from(file.buffer, file.byteOffset, file.byteLength)));
    const options = {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_MEGAPIXELS,
      maxMemoryUsageInMB: MAX_MEMORY_MB,
    } as const;
    return upright(overWhite(jpeg.decode(file, options)), jpegOrientation(file));
  } catch (cause) {
    throw new Error(`${path} is damaged: it cannot be decoded. Take it out and import again.`, { cause });
  }
};
