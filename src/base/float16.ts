/** IEEE 754 half precision (binary16), by hand: Float16Array is not everywhere yet. */

/** Positive floats from here on round to a half-precision infinity: 65504 plus half its step. */
const OVERFLOW = 65520;
const SMALLEST_NORMAL = 2 ** -14;
const SMALLEST_SUBNORMAL = 2 ** -24;

/** Half-precision codes to float32, exactly. */
export function decodeFloat16(codes: Uint16Array): Float32Array {
  const values = new Float32Array(codes.length);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    const sign = (code & 0x8000) << 16;
    const exponent = (code >> 10) & 0x1f;
    const fraction = code & 0x3ff;
    if (exponent === 0) values[index] = (sign === 0 ? 1 : -1) * fraction * SMALLEST_SUBNORMAL;
    else bits[index] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return values;
}

/** bfloat16 codes to float32, exactly: they are its upper halves. */
export function decodeBfloat16(codes: Uint16Array): Float32Array {
  const values = new Float32Array(codes.length);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < codes.length; index++) bits[index] = codes[index] << 16;
  return values;
}

/** float32 to the nearest half-precision code, ties to even; 65520 and above become infinity. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const codes = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index++) {
    codes[index] = ((bits[index] >>> 16) & 0x8000) | encodeMagnitude(Math.abs(values[index]), bits[index]);
  }
  return codes;
}

function encodeMagnitude(magnitude: number, bits: number): number {
  if (Number.isNaN(magnitude)) return 0x7e00;
  if (magnitude >= OVERFLOW) return 0x7c00;
  if (magnitude < SMALLEST_NORMAL) return roundHalfToEven(magnitude / SMALLEST_SUBNORMAL);
  // Exponent and fraction as one integer: a carry out of the fraction raises the exponent, as it should.
  return roundHalfToEven(((bits & 0x7fffffff) - (112 << 23)) / 2 ** 13);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
