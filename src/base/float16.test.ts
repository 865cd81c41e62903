import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFloat16, encodeFloat16 } from './float16.ts';

const decode = (code: number): number => decodeFloat16(Uint16Array.of(code))[0];
const encode = (value: number): number => encodeFloat16(Float32Array.of(value))[0];

const ALL_CODES = Uint16Array.from({ length: 2 ** 16 }, (_, code) => code);

describe('half precision', () => {
  // The examples of Wikipedia's "Half-precision floating-point format".
  test.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3bff, 0.99951171875],
    [0x3c00, 1],
    [0x3c01, 1.0009765625],
    [0x7bff, 65504],
    [0xc000, -2],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ])('code %i is %d', (code, value) => {
    expect(decode(code)).toBe(value);
    expect(encode(value)).toBe(code);
  });

  test('every code but the NaNs survives the way to float32 and back', () => {
    const back = encodeFloat16(decodeFloat16(ALL_CODES));
    const isNaNCode = (code: number): boolean => (code & 0x7fff) > 0x7c00;
    expect(ALL_CODES.filter((code) => !isNaNCode(code) && back[code] !== code)).toHaveLength(0);
    expect(ALL_CODES.filter((code) => isNaNCode(code) !== Number.isNaN(decode(code)))).toHaveLength(0);
    expect(decode(encode(NaN))).toBeNaN();
  });

  test('encodes to the nearest code, and a tie to the even one', () => {
    // Two neighbours of one sign, and a float32 between them (their middle, among others).
    const fractions = fc.constantFrom(0, 0.25, 0.5, 0.5 + 2 ** -9, 0.75, 1);
    const between = fc.tuple(fc.integer({ min: 0, max: 0x7bfe }), fractions);
    fc.assert(
      fc.property(between, fc.boolean(), ([code, fraction], negative) => {
        const [low, high] = [decode(code), decode(code + 1)];
        const value = Math.fround(low + fraction * (high - low));
        const even = code % 2 === 0 ? code : code + 1;
        const nearest = value - low < high - value ? code : value - low > high - value ? code + 1 : even;
        expect(encode(negative ? -value : value)).toBe(nearest | (negative ? 0x8000 : 0));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('overflows half a step above the largest', () => {
    expect(encode(65519.99)).toBe(0x7bff);
    expect(encode(65520)).toBe(0x7c00);
    expect(encode(-3e38)).toBe(0xfc00);
  });

  test('reads an array that is a part of a longer buffer', () => {
    const part = Float32Array.of(9, 1, -2).subarray(1);
    expect([...encodeFloat16(part)]).toEqual([0x3c00, 0xc000]);
  });
});
