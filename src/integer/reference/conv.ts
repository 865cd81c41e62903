/** Convolution in integers: QLinearConv. */
import type { ConvNode, Size2 } from '../../graph/types.ts';
import { padsOf, windowStart } from '../../graph/window.ts';
import { rne } from '../../base/rounding.ts';
import type { ActivationParams, QuantizedWeights } from '../../quant/types.ts';
import { dotRows, paddedRows } from './dot.ts';
import { perChannel, weightRows } from './weights.ts';

const f32 = Math.fround;

type ImageSize = readonly [height: number, width: number, ...rest: number[]];

/** One convolution layer: codes [n, height, width, inChannels] to codes [n, outHeight, outWidth, outChannels]. */
export type ConvInteger = (
  node: ConvNode,
  codes: Uint8Array,
  size: ImageSize,
  outSize: ImageSize,
  input: ActivationParams,
  weights: QuantizedWeights,
  output: ActivationParams,
) => Uint8Array;

/**
 * acc[c] = sum of (qx - zx) * (qw - zw) + qbias[c], int32; qy = clamp(rne(f32(acc) * multiplier[c]) + zy, qmin, qmax).
 *
 * Padding is with the input's zero point, so it adds nothing to the sum. A ReLU is the clamp at qmin, its bound the one
 * at qmax.
 */
export const convInteger: ConvInteger = (
  node,
  codes,
  [height, width],
  [outHeight, outWidth],
  input,
  weights,
  output,
) => {
  const { inChannels, outChannels, kernel } = node;
  const imageSize = height * width * inChannels;
  const n = codes.length / imageSize;
  const pixels = outHeight * outWidth;
  const depth = kernel[0] * kernel[1] * inChannels;
  const padded = paddedRows(pixels, outChannels);
  const rows = weightRows(weights);
  const multiplier = requantizeMultiplier(input, weights, output, outChannels);
  const patches = new Float64Array(padded.left * depth);
  const sums = new Int32Array(padded.left * padded.right);
  const result = new Uint8Array(n * pixels * outChannels);
  for (let image = 0; image < n; image++) {
    const pixelsIn = codes.subarray(image * imageSize, (image + 1) * imageSize);
    gatherPatches(node, pixelsIn, [height, width], [outHeight, outWidth], input.zeroPoint, patches);
    dotRows(patches, rows, padded.left, padded.right, depth, sums);
    const pixelsOut = result.subarray(image * pixels * outChannels, (image + 1) * pixels * outChannels);
    requantize(sums, padded.right, weights.bias, multiplier, output, pixelsOut);
  }
  return result;
};

/** f32(f32(sx * sw[c]) / sy): the order of operations of ONNX Runtime's QLinearConv (qlinearconv.cc). */
export function requantizeMultiplier(
  input: ActivationParams,
  weights: QuantizedWeights,
  output: ActivationParams,
  outChannels: number,
): Float32Array {
  return Float32Array.from(
    { length: outChannels },
    (_, channel) => f32(input.scale * perChannel(weights.scale, channel)) / output.scale,
  );
}

/** im2col: one row [kh, kw, inChannels] of codes less their zero point for each output pixel; outside is 0. */
function gatherPatches(
  node: ConvNode,
  codes: Uint8Array,
  [height, width]: Size2,
  [outHeight, outWidth]: Size2,
  zeroPoint: number,
  patches: Float64Array,
): void {
  const { kernel, stride, inChannels } = node;
  const pads = padsOf(node);
  let write = 0;
  for (let oy = 0; oy < outHeight; oy++) {
    const top = windowStart(oy, stride, pads.top);
    for (let ox = 0; ox < outWidth; ox++) {
      const left = windowStart(ox, stride, pads.left);
      for (let ky = 0; ky < kernel[0]; ky++) {
        const y = top + ky;
        for (let kx = 0; kx < kernel[1]; kx++) {
          const x = left + kx;
          if (y < 0 || y >= height || x < 0 || x >= width) {
            patches.fill(0, write, write + inChannels);
            write += inChannels;
          } else {
            const read = (y * width + x) * inChannels;
            for (let c = 0; c < inChannels; c++) patches[write++] = codes[read + c] - zeroPoint;
          }
        }
      }
    }
  }
}

/** Sums [pixels, stride] to codes [pixels, channels]. */
export function requantize(
  sums: Int32Array,
  stride: number,
  bias: Int32Array,
  multiplier: Float32Array,
  { zeroPoint, qmin, qmax }: ActivationParams,
  codes: Uint8Array,
): void {
  const channels = multiplier.length;
  const pixels = codes.length / channels;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const sum = (sums[pixel * stride + channel] + bias[channel]) | 0;
      const q = rne(f32(f32(sum) * multiplier[channel])) + zeroPoint;
      codes[pixel * channels + channel] = q < qmin ? qmin : q > qmax ? qmax : q;
    }
  }
}
