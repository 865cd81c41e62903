/** The ONNX operator specification's own cases of QuantizeLinear and DequantizeLinear, for the types Fewbit has. */
import { expect, test } from 'vitest';
import { dequantize, quantize } from './affine.ts';

type Case = {
  name: string;
  qmin: number;
  qmax: number;
  scale: number[];
  zeroPoint: number[];
  real: number[];
  codes: number[];
};

const [UINT8, UINT4, INT4, UINT2, INT2] = [
  { qmin: 0, qmax: 255 },
  { qmin: 0, qmax: 15 },
  { qmin: -8, qmax: 7 },
  { qmin: 0, qmax: 3 },
  { qmin: -2, qmax: 1 },
];
const axisReal = [-162, 10, -100, 232, -20, -50, -76, 0, 0, 252, 32, -44, 245, -485, -960, -270, -375, -470];
const axisCodes = [3, 89, 34, 200, 74, 59, 5, 24, 24, 87, 32, 13, 245, 99, 4, 142, 121, 102];
const perAxis = { scale: [2, 4, 5], zeroPoint: [84, 24, 196] };
const small = { scale: [2, 3, 4], real: [0, 2.5, 4.8, 8.6, -30, -20, 6, 9, 12, 15, 16, 40] };

const QUANTIZE: Case[] = [
  {
    name: 'quantizelinear',
    ...UINT8,
    scale: [2],
    zeroPoint: [128],
    real: [0, 2, 3, 1000, -254, -1000],
    codes: [128, 129, 130, 255, 1, 0],
  },
  { name: 'quantizelinear_axis', ...UINT8, ...perAxis, real: axisReal, codes: axisCodes },
  {
    name: 'quantizelinear_uint4',
    ...UINT4,
    ...small,
    zeroPoint: [1, 1, 1],
    codes: [1, 2, 3, 5, 0, 0, 3, 4, 4, 5, 5, 11],
  },
  {
    name: 'quantizelinear_int4',
    ...INT4,
    ...small,
    zeroPoint: [1, 1, 1],
    codes: [1, 2, 3, 5, -8, -6, 3, 4, 4, 5, 5, 7],
  },
  {
    name: 'quantizelinear_uint2',
    ...UINT2,
    scale: [2, 3, 4],
    zeroPoint: [0, 0, 0],
    real: [0, 2.5, 4.8, 8.6, -2, -1, 1, 3, 4, 5, 6, 7],
    codes: [0, 1, 2, 3, 0, 0, 0, 1, 1, 1, 2, 2],
  },
  {
    name: 'quantizelinear_int2',
    ...INT2,
    scale: [2, 3, 4],
    zeroPoint: [0, 0, 0],
    real: [0, 2.5, 4.8, 8.6, -4, -3, 1, 2, -0, -2.5, -4.8, -8.6],
    codes: [0, 1, 1, 1, -1, -1, 0, 1, 0, -1, -1, -2],
  },
  {
    name: 'quantizelinear_blocked_asymmetric',
    ...UINT8,
    scale: [1.5, 2.5, 3, 4.9, 5.1, 6.9],
    zeroPoint: [0, 1, 1, 0, 2, 3],
    real: [6, 12, 50, 5, 1, 8, 4, 5, 0, 20, 10, 4],
    codes: [4, 8, 21, 3, 1, 4, 1, 1, 2, 6, 4, 4],
  },
];
const DEQUANTIZE: Case[] = [
  {
    name: 'dequantizelinear',
    ...UINT8,
    scale: [2],
    zeroPoint: [128],
    codes: [0, 3, 128, 255],
    real: [-256, -250, 0, 254],
  },
  { name: 'dequantizelinear_axis', ...UINT8, ...perAxis, codes: axisCodes, real: axisReal },
  {
    name: 'dequantizelinear_uint4',
    ...UINT4,
    scale: [2],
    zeroPoint: [1],
    codes: [0, 1, 7, 10, 15],
    real: [-2, 0, 12, 18, 28],
  },
  {
    name: 'dequantizelinear_int4',
    ...INT4,
    scale: [2],
    zeroPoint: [1],
    codes: [0, 1, 7, -4, -8],
    real: [-2, 0, 12, -10, -18],
  },
];

/** Each slice along the axis (or block) with its own grid. */
function slices({ scale, zeroPoint, real, codes, qmin, qmax }: Case) {
  const size = real.length / scale.length;
  return scale.map((s, i) => ({
    params: { scale: Math.fround(s), zeroPoint: zeroPoint[i], qmin, qmax },
    real: Float32Array.from(real.slice(i * size, (i + 1) * size)),
    codes: codes.slice(i * size, (i + 1) * size),
  }));
}

test.each(QUANTIZE)('test_$name', (given) => {
  for (const { params, real, codes } of slices(given)) expect([...quantize(real, params)]).toEqual(codes);
});

test.each(DEQUANTIZE)('test_$name', (given) => {
  for (const { params, real, codes } of slices(given)) {
    const held = given.qmin < 0 ? Int8Array.from(codes) : Uint8Array.from(codes);
    expect([...dequantize(held, params)]).toEqual([...real]);
  }
});
