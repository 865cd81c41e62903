/** Decodes images in a browser, in a page or a worker. The decoder runs beside the worker; only the read-out is its work. */
import type { Bytes } from '../types.ts';
import { pngOrientation, upright, withoutPngExif } from './orientation.ts';
import type { Decode } from './picture.ts';

const isPng = (file: Bytes): boolean => file[0] === 0x89 && file[1] === 0x50;

/**
 * One canvas for all pictures: making one for each would keep the collector busy. `colorSpaceConversion: none` leaves a
 * photo's own colour profile out, as Node's decoders do.
 */
export function createBrowserDecode(): Decode {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives the page no canvas to decode images with. Try another browser.');

  return async (file, path) => {
    // Of a JPEG browsers see to it.
    const orientation = isPng(file) ? pngOrientation(file) : 1;
    const bitmap = await createImageBitmap(new Blob([orientation === 1 ? file : withoutPngExif(file)]), {
      colorSpaceConversion: 'none',
    }).catch((cause: unknown) => {
      throw new Error(`${path} is damaged: it cannot be decoded. Take it out and import again.`, { cause });
    });
    const { height, width } = bitmap;
    if (canvas.width < width || canvas.height < height)
      [canvas.width, canvas.height] = [Math.max(canvas.width, width), Math.max(canvas.height, height)];
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    const pixels = new Uint8Array(height * width * 3);
    for (let from = 0, to = 0; to < pixels.length; from += 4) {
      pixels[to++] = data[from];
      pixels[to++] = data[from + 1];
      pixels[to++] = data[from + 2];
    }
    return upright({ height, width, pixels }, orientation);
  };
}
