/** A frame of the webcam or a photo's file to what is kept of it: a square JPEG, and what tells it from others. */
import { fingerprint } from '../../base/bytes/fingerprint.ts';
import { PHOTO_SIDE, type NewPhoto } from './collection.ts';

/** As large as the eye can tell at this size. */
const QUALITY = 0.92;

const LOOK_SIDE = 16;

/** The same for the same pixels. */
export const markOf = (pixels: Uint8ClampedArray): string => fingerprint([pixels]);

/** Mean grey values of 16 x 16 fields. @param pixels RGBA, [side, side, 4] */
export function lookOf(pixels: Uint8ClampedArray, side: number): Uint8Array {
  const field = side / LOOK_SIDE;
  const sums = new Float64Array(LOOK_SIDE * LOOK_SIDE);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 4 * (y * side + x);
      const grey = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      sums[Math.floor(y / field) * LOOK_SIDE + Math.floor(x / field)] += grey / field ** 2;
    }
  }
  return Uint8Array.from(sums, Math.round);
}

let canvas: HTMLCanvasElement | undefined;

/** The middle square, as the network sees it. @throws where the browser makes no JPEG of it */
export async function photoOf(source: HTMLVideoElement | ImageBitmap, recording: number | null): Promise<NewPhoto> {
  const [width, height] =
    'videoWidth' in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  const side = Math.min(width, height);
  canvas ??= Object.assign(document.createElement('canvas'), { width: PHOTO_SIDE, height: PHOTO_SIDE });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new TypeError('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, PHOTO_SIDE, PHOTO_SIDE);
  const { data } = context.getImageData(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  const [mark, look] = [markOf(data), lookOf(data, PHOTO_SIDE)];
  const file = await new Promise<Blob | null>((resolve) => canvas?.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!file) throw new TypeError('jpeg');
  return { file, mark, look, recording };
}

/** A photo's file; null: the browser cannot read it as a picture. */
export async function photoOfFile(file: Blob): Promise<NewPhoto | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  try {
    return await photoOf(bitmap, null);
  } finally {
    bitmap.close();
  }
}
