/** What an import will keep in the browser, told before any picture is read: so that a person can say no. */

/** Photos are kept at this shorter side unless the set has one of its own. */
export const KEEP_SIDE = 160;

/** Images of this side and less are kept as they are; larger ones are photos, three by four. */
const SMALL_SIDE = 64;

/** A file that is smaller than this holds no photo. */
const SMALL_FILE = 4096;

/**
 * Bytes that so many pictures take at most, in all likelihood: a byte for each pixel and colour, where a photo's file
 * has a tenth of that.
 * @param fileBytes of all files together; null: not known
 */
export function keptBytes(images: number, fileBytes: number | null, side = KEEP_SIDE): number {
  const small = side <= SMALL_SIDE || (fileBytes !== null && fileBytes < images * SMALL_FILE);
  const pixels = small ? Math.min(side, SMALL_SIDE) ** 2 : side * Math.round((side * 4) / 3);
  return 3 * pixels * images;
}
