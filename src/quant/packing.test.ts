import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, packedBytes, unpack } from './packing.ts';
import { BITS } from './types.ts';

describe('packing', () => {
  test('the first code is in the low bits: 4 bits as ONNX lays out INT4, 3 bits across a byte', () => {
    expect([...pack(Uint8Array.of(0x1, 0x2, 0xf), 4)]).toEqual([0x21, 0x0f]);
    expect([...pack(Int8Array.of(-8, 7), 4)]).toEqual([0x78]);
    expect([...pack(Uint8Array.of(1, 2, 7), 3)]).toEqual([0b11_010_001, 0b1]);
  });

  test('a round trip returns every code, in ceil(n b / 8) bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BITS), fc.boolean(), fc.uint8Array({ maxLength: 100 }), (bits, signed, bytes) => {
        const low = bytes.map((byte) => byte & (2 ** bits - 1));
        const codes = signed ? Int8Array.from(low, (code) => code - 2 ** (bits - 1)) : low;
        const packed = pack(codes, bits);
        expect(packed.length).toBe(Math.ceil((codes.length * bits) / 8));
        expect(packedBytes(codes.length, bits)).toBe(packed.length);
        expect(unpack(packed, bits, codes.length, signed)).toEqual(codes);
      }),
      { numRuns: 500 },
    );
  });

  test('refuses a code that does not fit and bytes that are too few', () => {
    expect(() => pack(Int8Array.of(0, 4), 3)).toThrow('Code 1 is 4, which 3 bits cannot hold.');
    expect(() => pack(Int8Array.of(-5), 3)).toThrow('Code 0 is -5');
    expect(() => pack(Uint8Array.of(4), 2)).toThrow('Code 0 is 4');
    expect(() => unpack(new Uint8Array(1), 5, 2, true)).toThrow('2 codes of 5 bits take 2 bytes, not 1.');
  });
});
