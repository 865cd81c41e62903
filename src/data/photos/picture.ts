/** One decoded image, and who decodes it. */
import type { Bytes } from '../types.ts';

export type Picture = {
  readonly height: number;
  readonly width: number;
  /** RGB, 0 .. 255, [height, width, 3]. */
  readonly pixels: Bytes;
};

/**
 * Decodes a JPEG or PNG, upright as its EXIF orientation says, alpha laid over white. Two decoders may differ by a step
 * in a JPEG's pixels (the standard lets the inverse DCT round, and says nothing of how chroma is scaled up); everything
 * after the decoder is the same to the last bit everywhere.
 * @param path named in the errors
 */
export type Decode = (file: Bytes, path: string) => Promise<Picture>;
