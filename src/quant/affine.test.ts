import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineParams, dequantize, dequantizeValue, quantize, quantizeValue, symmetricParams } from './affine.ts';
import { qRange } from './schemes.ts';
import { BITS } from './types.ts';

const bits = fc.constantFrom(...BITS);
const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const range = fc.tuple(finite, finite).map(([a, b]) => ({ lo: Math.min(a, b), hi: Math.max(a, b) }));

describe('affineParams', () => {
  test('the formulas by hand', () => {
    expect(affineParams(-1, 3, 0, 15)).toEqual({ scale: Math.fround(4 / 15), zeroPoint: 4, qmin: 0, qmax: 15 });
    expect(affineParams(0, 255, 0, 255)).toEqual({ scale: 1, zeroPoint: 0, qmin: 0, qmax: 255 });
  });

  test('a range away from zero is extended to it', () => {
    expect(affineParams(2, 6, 0, 3)).toEqual(affineParams(0, 6, 0, 3));
    expect(affineParams(-6, -2, 0, 3)).toEqual({ scale: 2, zeroPoint: 3, qmin: 0, qmax: 3 });
  });

  test('a tensor after ReLU has zeroPoint 0', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1e6, noNaN: true }), bits, (hi, b) => {
        const { qmin, qmax } = qRange(b, false);
        expect(affineParams(0, hi, qmin, qmax).zeroPoint).toBe(0);
      }),
    );
  });

  test.each([
    [0, 0],
    [1e-45, 1e-45],
    [-1e-44, 1e-44],
    [0, 2e-38],
  ])('degenerate range [%d, %d]: scale 1, zeroPoint 0', (lo, hi) => {
    expect(affineParams(lo, hi, 0, 255)).toEqual({ scale: 1, zeroPoint: 0, qmin: 0, qmax: 255 });
    expect(symmetricParams(lo, hi, -8, 7)).toMatchObject({ zeroPoint: 0 });
  });

  test('refuses what is no range, naming the tensor', () => {
    expect(() => affineParams(NaN, 1, 0, 255, 'layer1.0.conv1')).toThrow(
      'layer1.0.conv1: its range [NaN, 1] is not finite',
    );
    expect(() => affineParams(0, Infinity, 0, 255, 'stem')).toThrow('stem: its range');
    expect(() => affineParams(0, 1e39, 0, 255)).toThrow('not finite');
    expect(() => affineParams(-3e38, 3e38, 0, 255)).toThrow('too wide');
    expect(() => affineParams(1, -1, 0, 255)).toThrow('upside down');
    expect(() => affineParams(0, 1, 5, 9)).toThrow('contains zero');
    expect(() => affineParams(0, 1, 0, 0.5)).toThrow('range of integers');
    expect(() => symmetricParams(-Infinity, 1, -8, 7, 'fc')).toThrow('fc: its range');
    expect(() => symmetricParams(-1, 1, 0, 7, 'fc')).toThrow('both sides of zero');
  });

  test('zero is exactly representable, in every range', () => {
    fc.assert(
      fc.property(range, bits, fc.boolean(), ({ lo, hi }, b, signed) => {
        const { qmin, qmax } = qRange(b, signed);
        const params = signed ? symmetricParams(lo, hi, qmin, qmax) : affineParams(lo, hi, qmin, qmax);
        expect(params.scale).toBe(Math.fround(params.scale));
        expect(params.zeroPoint).toBeGreaterThanOrEqual(qmin);
        expect(params.zeroPoint).toBeLessThanOrEqual(qmax);
        expect(quantizeValue(0, params)).toBe(params.zeroPoint);
        expect(dequantizeValue(params.zeroPoint, params)).toBe(0);
      }),
    );
  });

  test('a number in range comes back within half a step', () => {
    fc.assert(
      fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), bits, fc.boolean(), ({ lo, hi }, t, b, signed) => {
        const { qmin, qmax } = qRange(b, signed);
        const params = signed ? symmetricParams(lo, hi, qmin, qmax) : affineParams(lo, hi, qmin, qmax);
        const x = Math.fround(Math.min(Math.max(lo + t * (hi - lo), lo), hi));
        const back = dequantizeValue(quantizeValue(x, params), params);
        // Half a step, and the float32 rounding of x / scale, of the product and of the scale itself.
        const slack = (Math.abs(x) + (qmax - qmin) * params.scale) * 2 ** -22;
        expect(Math.abs(back - x)).toBeLessThanOrEqual(params.scale / 2 + slack);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('symmetricParams', () => {
  test('takes the side that needs the larger step', () => {
    expect(symmetricParams(-8, 7, -8, 7).scale).toBe(1);
    expect(symmetricParams(-8, 8, -8, 7).scale).toBe(Math.fround(8 / 7));
    expect(symmetricParams(-16, 7, -8, 7).scale).toBe(2);
    expect(symmetricParams(-1, 127, -127, 127).scale).toBe(1);
  });
});

describe('quantize', () => {
  test("ONNX's QuantizeLinear cases", () => {
    const uint8 = { scale: 2, zeroPoint: 128, qmin: 0, qmax: 255 };
    expect([...quantize(Float32Array.of(0, 2, 3, 1000, -254, -1000), uint8)]).toEqual([128, 129, 130, 255, 1, 0]);
    const uint16 = { scale: 2, zeroPoint: 32767, qmin: 0, qmax: 65535 };
    const x = [0, -128, 3, -3, 2.9, -2.9, 3.1, -3.1, 65536, -65534, 70000, -70000];
    expect(x.map((v) => quantizeValue(v, uint16))).toEqual([
      32767, 32703, 32769, 32765, 32768, 32766, 32769, 32765, 65535, 0, 65535, 0,
    ]);
  });

  // Worked from the formula and the saturation ranges that the operator's text gives for int4 and uint4.
  test('int4 and uint4 saturate at -8 .. 7 and 0 .. 15', () => {
    const x = Float32Array.of(0, 2.5, 4.8, 8.6, -30, 25, -1, 1, 3, -3);
    expect([...quantize(x, { scale: 2, zeroPoint: 1, qmin: -8, qmax: 7 })]).toEqual([1, 2, 3, 5, -8, 7, 1, 1, 3, -1]);
    expect([...quantize(x, { scale: 2, zeroPoint: 1, qmin: 0, qmax: 15 })]).toEqual([1, 2, 3, 5, 0, 13, 1, 1, 3, 0]);
  });

  test("ONNX's DequantizeLinear case", () => {
    const params = { scale: 2, zeroPoint: 128, qmin: 0, qmax: 255 };
    expect([...dequantize(Uint8Array.of(0, 3, 128, 255), params)]).toEqual([-256, -250, 0, 254]);
  });

  test('the zero point is added after rounding, and ties go to even', () => {
    const params = { scale: 1, zeroPoint: 1, qmin: 0, qmax: 15 };
    expect([...quantize(Float32Array.of(0.5, 1.5, 2.5), params)]).toEqual([1, 3, 3]);
  });

  test('divides by the scale in float32 rather than multiplying by its reciprocal', () => {
    const scale = Math.fround(0.1);
    const ties = Float32Array.from({ length: 100 }, (_, i) => Math.fround((i + 0.5) * scale));
    const codes = quantize(ties, { scale, zeroPoint: 0, qmin: 0, qmax: 255 });
    ties.forEach((x, i) => {
      const quotient = new Float32Array([x / scale])[0];
      const floor = Math.floor(quotient);
      const expected = quotient - floor === 0.5 ? floor + (floor % 2) : Math.round(quotient);
      expect(codes[i]).toBe(expected);
    });
  });

  test('infinities saturate, NaN is refused with the tensor and the place', () => {
    const params = { scale: 1, zeroPoint: 0, qmin: -8, qmax: 7 };
    expect([...quantize(Float32Array.of(Infinity, -Infinity), params)]).toEqual([7, -8]);
    expect(() => quantize(Float32Array.of(0, NaN), params, 'fc')).toThrow('fc: value 1 is NaN');
  });

  test('codes survive a round trip', () => {
    fc.assert(
      fc.property(range, bits, fc.boolean(), ({ lo, hi }, b, signed) => {
        const { qmin, qmax } = qRange(b, signed);
        const params = signed ? symmetricParams(lo, hi, qmin, qmax) : affineParams(lo, hi, qmin, qmax);
        const codes = Array.from({ length: qmax - qmin + 1 }, (_, i) => qmin + i);
        const stored = signed ? Int8Array.from(codes) : Uint8Array.from(codes);
        expect(quantize(dequantize(stored, params), params)).toEqual(stored);
      }),
    );
  });
});
