/**
 * Parquet's hybrid of runs and packed bits: levels, and places in a dictionary.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#run-length-encoding--bit-packing-hybrid-rle--3
 */

export const tooShort = (): Error => new Error('A page has fewer values than it says.');

/**
 * @param bytes the runs; what comes after the last value that is asked for is left alone
 * @param width bits of each value, 0 to 24
 * @returns just `count` values, whatever the runs say of their length
 * @throws where there are fewer
 */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 24) throw new Error('A page has values of more than 24 bits.');
  const values = new Uint32Array(count);
  const wide = (width + 7) >> 3;
  let [at, seen] = [0, 0];
  while (seen < count) {
    let [header, scale] = [0, 1];
    for (let more = true; more; scale *= 128) {
      if (at >= bytes.length || scale > 2 ** 35) throw tooShort();
      header += (bytes[at] & 0x7f) * scale;
      more = bytes[at++] >= 0x80;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      if (at + wide > bytes.length) throw tooShort();
      let value = 0;
      for (let i = 0; i < wide; i++) value |= bytes[at++] << (8 * i);
      const end = Math.min(count, seen + length);
      values.fill(value, seen, end);
      seen = end;
      continue;
    }
    const end = Math.min(count, seen + 8 * length);
    // Writers cut the last group short where its values are not needed.
    if (at + Math.ceil(((end - seen) * width) / 8) > bytes.length) throw tooShort();
    let [held, bits] = [0, 0];
    for (; seen < end; seen++) {
      for (; bits < width; bits += 8) held |= bytes[at++] << bits;
      values[seen] = held & (2 ** width - 1);
      held >>>= width;
      bits -= width;
    }
  }
  return values;
}
