/**
 * The filter gradient of a depthwise convolution on WebGPU: dw[tap, c] = sum over m of x[m at the tap, c] dy[m, c], m running
 * over images and output pixels. tfjs's own has a thread for each weight, which walks over all pixels by itself; here m is
 * split over workgroups, and neighbouring threads read neighbouring channels.
 */
import type * as tf from '@tensorflow/tfjs';
import { depthwiseInfo } from '../wasm/depthwiseGradients.ts';
import { sumOfParts } from './convFilterGradient.ts';
import { run, type Shader } from './run.ts';

/** Channels of a workgroup, workgroups that are enough to fill a GPU, and pixels below which a split is not worth its sum. */
const [LANES, ENOUGH, LEAST_ROWS] = [64, 2048, 32];

const products: Shader = {
  name: 'depthwiseFilterGradient',
  inputs: ['x', 'dy'],
  outputs: ['parts'],
  uniforms: {
    h: 'i32',
    w: 'i32',
    c: 'i32',
    oh: 'i32',
    ow: 'i32',
    kw: 'i32',
    stride: 'i32',
    top: 'i32',
    left: 'i32',
    taps: 'i32',
    rows: 'i32',
    chunk: 'i32',
  },
  workgroup: [LANES, 1, 1],
  body: `
  let c = i32(gid.x);
  let tap = i32(wid.y);
  if (c >= u.c) { return; }
  let above = tap / u.kw - u.top;
  let before = tap % u.kw - u.left;
  let end = min(u.rows, (i32(wid.z) + 1) * u.chunk);
  var sum = 0.0;
  for (var m = i32(wid.z) * u.chunk; m < end; m++) {
    let image = m / (u.oh * u.ow);
    let pixel = m % (u.oh * u.ow);
    let row = pixel / u.ow * u.stride + above;
    let column = pixel % u.ow * u.stride + before;
    if (row >= 0 && row < u.h && column >= 0 && column < u.w) {
      sum += x[((image * u.h + row) * u.w + column) * u.c + c] * dy[m * u.c + c];
    }
  }
  parts[(i32(wid.z) * u.taps + tap) * u.c + c] = sum;`,
};

/** tfjs's kernel DepthwiseConv2dNativeBackpropFilter. @throws as depthwiseInfo does */
export function depthwiseFilterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  const info = depthwiseInfo('DepthwiseConv2dNativeBackpropFilter', x.shape, filterShape, attrs);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterWidth, strideHeight, padInfo } = info;
  const [rows, taps] = [info.batchSize * outHeight * outWidth, info.filterHeight * filterWidth];
  const across = Math.ceil(inChannels / LANES);
  const wanted = Math.max(1, Math.min(Math.ceil(ENOUGH / (across * taps)), Math.ceil(rows / LEAST_ROWS)));
  const chunk = Math.ceil(rows / wanted);
  const splits = Math.ceil(rows / chunk);
  const [parts] = run(products, {
    inputs: [x, dy],
    outputs: [splits === 1 ? filterShape : [splits, taps, inChannels]],
    uniforms: [
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      filterWidth,
      strideHeight,
      padInfo.top,
      padInfo.left,
      taps,
      rows,
      chunk,
    ],
    dispatch: [across, taps, splits],
  });
  return sumOfParts(parts, filterShape, splits);
}
