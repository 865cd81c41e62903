/** Codes of b bits packed into bytes: the first code in the lowest bits, a code may straddle two bytes. */
import type { Bits } from './types.ts';

/** A code's own bits, or the single bits that a wider code is cut into. */
type FieldBits = Bits | 1;

/** Bytes that `count` codes of `bits` bits take: ceil(count * bits / 8). */
export function packedBytes(count: number, bits: FieldBits): number {
  return Math.ceil((count * bits) / 8);
}

/**
 * Packs the low `bits` bits of each code (two's complement when signed), little-endian; the last byte is padded
 * with zeros.
 * @throws RangeError when a code does not fit, saying which
 */
export function pack(codes: Int8Array | Uint8Array, bits: FieldBits): Uint8Array {
  const [least, most] = codes instanceof Int8Array ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const mask = 2 ** bits - 1;
  const bytes = new Uint8Array(packedBytes(codes.length, bits));
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < least || codes[i] > most)
      throw new RangeError(`Code ${i} is ${codes[i]}, which ${bits} bits cannot hold.`);
    const bit = i * bits;
    const pair = (codes[i] & mask) << (bit % 8);
    bytes[Math.floor(bit / 8)] |= pair;
    if (pair > 255) bytes[Math.floor(bit / 8) + 1] |= pair >> 8;
  }
  return bytes;
}

/**
 * The `count` codes that {@link pack} packed.
 * @throws RangeError when the bytes are not as many as they take
 */
export function unpack(bytes: Uint8Array, bits: FieldBits, count: number, signed: boolean): Int8Array | Uint8Array {
  if (bytes.length !== packedBytes(count, bits)) {
    throw new RangeError(`${count} codes of ${bits} bits take ${packedBytes(count, bits)} bytes, not ${bytes.length}.`);
  }
  const codes = signed ? new Int8Array(count) : new Uint8Array(count);
  const mask = 2 ** bits - 1;
  const unused = 32 - bits;
  for (let i = 0; i < count; i++) {
    const bit = i * bits;
    const at = Math.floor(bit / 8);
    const pair = bytes[at] | ((at + 1 < bytes.length ? bytes[at + 1] : 0) << 8);
    const code = (pair >> (bit % 8)) & mask;
    codes[i] = signed ? (code << unused) >> unused : code;
  }
  return codes;
}
