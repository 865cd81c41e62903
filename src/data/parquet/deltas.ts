/**
 * Whole numbers as their differences, packed in blocks (DELTA_BINARY_PACKED).
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5
 */
import { tooShort } from './runs.ts';

type Reader = { readonly bytes: Uint8Array; at: number };

/** A number of up to 64 bits, 7 bits each. */
function varint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (reader.at >= reader.bytes.length) throw tooShort();
    const byte = reader.bytes[reader.at++];
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw tooShort();
}

function zigzag(reader: Reader): bigint {
  const value = varint(reader);
  return (value >> 1n) ^ -(value & 1n);
}

/** Values of `width` bits from the reader's place on, lowest bits first. */
function packed({ bytes, at }: Reader, width: number, count: number): bigint[] {
  if (at + Math.ceil((width * count) / 8) > bytes.length) throw tooShort();
  let [held, bits, next] = [0n, 0, at];
  const mask = (1n << BigInt(width)) - 1n;
  return Array.from({ length: count }, () => {
    for (; bits < width; bits += 8) held |= BigInt(bytes[next++]) << BigInt(bits);
    const value = held & mask;
    held >>= BigInt(width);
    bits -= width;
    return value;
  });
}

/**
 * @param bits of the values, which wrap around as integers of that many do
 * @returns just `count` values, and where the bytes behind them begin
 * @throws where there are fewer, or the blocks are none
 */
export function readDeltas(
  bytes: Uint8Array,
  start: number,
  count: number,
  bits: 32 | 64,
): { values: number[]; end: number } {
  const reader: Reader = { bytes, at: start };
  const [blockSize, blocks, total] = [Number(varint(reader)), Number(varint(reader)), Number(varint(reader))];
  const perBlock = blockSize / blocks;
  const isBlock = blockSize % 128 === 0 && blockSize > 0 && perBlock % 32 === 0 && blockSize <= 2 ** 20;
  if (!isBlock || total < count) throw tooShort();
  let value = zigzag(reader);
  const values = count > 0 ? [Number(value)] : [];
  while (values.length < count) {
    const least = zigzag(reader);
    const widths = bytes.subarray(reader.at, reader.at + blocks);
    if (widths.length < blocks || widths.some((width) => width > 64)) throw tooShort();
    reader.at += blocks;
    for (const width of widths) {
      const wanted = Math.min(perBlock, count - values.length);
      // Of a block that is not needed there are no bytes.
      if (wanted <= 0) break;
      for (const more of packed(reader, width, wanted)) {
        value = BigInt.asIntN(bits, value + least + more);
        values.push(Number(value));
      }
      reader.at += (perBlock * width) / 8;
    }
  }
  return { values, end: reader.at };
}
