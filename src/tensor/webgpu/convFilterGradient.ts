/**
 * The filter gradient of a convolution on WebGPU, as a tiled matrix product: dw[k, f] = sum over m of patch(x)[m, k] dy[m, f],
 * where m runs over images and output pixels and k over the filter's taps and input channels. Tiles of both matrices
 * lie in workgroup memory, and m is split over workgroups, so that layers of few channels fill the GPU, too.
 */
import * as tf from '@tensorflow/tfjs';
import { THREADS, walkers, overAll } from './elementwise.ts';
import { free, run, type Shader } from './run.ts';

/** Rows of m held at a time, and the tile's height. */
const [HELD, TILE_K] = [16, 32];
/** Threads along each side of a tile; each computes 4 rows of TILE_K. */
const SIDE = 8;

/** Workgroups that are enough to fill a GPU, and rows of m below which a split is not worth its sum. */
const [ENOUGH, LEAST_ROWS] = [512, 64];

const UNIFORMS = {
  h: 'i32',
  w: 'i32',
  c: 'i32',
  oh: 'i32',
  ow: 'i32',
  f: 'i32',
  kw: 'i32',
  stride: 'i32',
  top: 'i32',
  left: 'i32',
  taps: 'i32',
  rows: 'i32',
  steps: 'i32',
} as const;

/** @param wide columns of f for each thread: the tile has 8 times as many */
const product = (wide: 2 | 4): Shader => ({
  name: `convFilterGradient ${wide}`,
  inputs: ['x', 'dy'],
  outputs: ['parts'],
  uniforms: UNIFORMS,
  workgroup: [SIDE, SIDE, 1],
  declarations: `
var<workgroup> patches : array<f32, ${HELD * TILE_K}>;
var<workgroup> grads : array<f32, ${HELD * SIDE * wide}>;`,
  body: `
  let firstK = i32(wid.y) * ${TILE_K};
  let firstF = i32(wid.x) * ${SIDE * wide};
  let chunk = u.steps * ${HELD};
  let end = min(u.rows, (i32(wid.z) + 1) * chunk);
  // This thread always loads the same column of the patches: its tap and channel are found once.
  let column = i32(index) % ${TILE_K};
  let k = firstK + column;
  let tap = k / u.c;
  let channel = k % u.c;
  let dy0 = tap / u.kw - u.top;
  let dx0 = tap % u.kw - u.left;
  let gradColumn = firstF + i32(index) % ${SIDE * wide};
  var sums : array<array<f32, ${wide}>, 4>;
  for (var step = 0; step < u.steps; step++) {
    let m0 = i32(wid.z) * chunk + step * ${HELD};
    for (var at = i32(index); at < ${HELD * TILE_K}; at += ${SIDE * SIDE}) {
      let m = m0 + at / ${TILE_K};
      let image = m / (u.oh * u.ow);
      let pixel = m % (u.oh * u.ow);
      let row = pixel / u.ow * u.stride + dy0;
      let col = pixel % u.ow * u.stride + dx0;
      var value = 0.0;
      if (m < end && k < u.taps && row >= 0 && row < u.h && col >= 0 && col < u.w) {
        value = x[((image * u.h + row) * u.w + col) * u.c + channel];
      }
      patches[at] = value;
    }
    for (var at = i32(index); at < ${HELD * SIDE * wide}; at += ${SIDE * SIDE}) {
      let m = m0 + at / ${SIDE * wide};
      var value = 0.0;
      if (m < end && gradColumn < u.f) { value = dy[m * u.f + gradColumn]; }
      grads[at] = value;
    }
    workgroupBarrier();
    for (var m = 0; m < ${HELD}; m++) {
      for (var i = 0; i < 4; i++) {
        let entry = patches[m * ${TILE_K} + i32(lid.y) * 4 + i];
        for (var j = 0; j < ${wide}; j++) {
          sums[i][j] = fma(entry, grads[m * ${SIDE * wide} + i32(lid.x) * ${wide} + j], sums[i][j]);
        }
      }
    }
    workgroupBarrier();
  }
  for (var i = 0; i < 4; i++) {
    for (var j = 0; j < ${wide}; j++) {
      let outK = firstK + i32(lid.y) * 4 + i;
      let outF = firstF + i32(lid.x) * ${wide} + j;
      if (outK < u.taps && outF < u.f) { parts[(i32(wid.z) * u.taps + outK) * u.f + outF] = sums[i][j]; }
    }
  }`,
});

/** The sum of a product's splits. */
const addParts: Shader = {
  name: 'addParts',
  inputs: ['parts'],
  outputs: ['total'],
  uniforms: { size: 'i32', splits: 'i32' },
  workgroup: [THREADS, 1, 1],
  body: overAll(`
    var sum = 0.0;
    for (var split = 0; split < u.splits; split++) { sum += parts[split * u.size + i]; }
    total[i] = sum;`),
};

/** The parts [splits, ...shape] of a filter's gradient as their sum; one part is that sum. */
export function sumOfParts(parts: tf.TensorInfo, shape: readonly number[], splits: number): tf.TensorInfo {
  if (splits === 1) return parts;
  const size = tf.util.sizeFromShape([...shape]);
  const [total] = run(addParts, {
    inputs: [parts],
    outputs: [[...shape]],
    uniforms: [size, splits],
    dispatch: [walkers(size), 1, 1],
  });
  free(parts);
  return total;
}

type Attributes = {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: [number, number, number, number];
};

/** tfjs's kernel Conv2DBackpropFilter. @throws for another data format or unequal strides */
export function convFilterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { strides, pad, filterShape } = attrs as unknown as Attributes;
  const dataFormat = (attrs as { dataFormat?: string } | undefined)?.dataFormat ?? 'NHWC';
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
  );
  if (dataFormat !== 'NHWC' || info.strideHeight !== info.strideWidth) {
    throw new Error(
      `Conv2DBackpropFilter: NHWC and one stride for both axes are supported, not ${dataFormat} with ${info.strideHeight} x ${info.strideWidth}.`,
    );
  }
  const {
    batchSize: n,
    inHeight,
    inWidth,
    inChannels: c,
    outHeight,
    outWidth,
    outChannels: f,
    filterHeight,
    filterWidth,
    padInfo,
  } = info;
  const [rows, taps] = [n * outHeight * outWidth, filterHeight * filterWidth * c];
  const wide = f <= SIDE * 2 ? 2 : 4;
  const tiles = [Math.ceil(f / (SIDE * wide)), Math.ceil(taps / TILE_K)] as const;
  const wanted = Math.max(1, Math.min(Math.ceil(ENOUGH / (tiles[0] * tiles[1])), Math.ceil(rows / LEAST_ROWS)));
  const steps = Math.ceil(rows / wanted / HELD);
  const splits = Math.ceil(rows / (steps * HELD));
  const [parts] = run(product(wide), {
    inputs: [x, dy],
    outputs: [splits === 1 ? filterShape : [splits, taps, f]],
    dispatch: [...tiles, splits],
    uniforms: [
      inHeight,
      inWidth,
      c,
      outHeight,
      outWidth,
      f,
      filterWidth,
      info.strideHeight,
      padInfo.top,
      padInfo.left,
      taps,
      rows,
      steps,
    ],
  });
  return sumOfParts(parts, filterShape, splits);
}
