/**
 * Convolution, nearly all of the interpreter's time, in WebAssembly: code for code as conv.ts. The engine in ../wasm has
 * faster ones; this one shares nothing with it, so that whoever judges by the interpreter does not wait for plain loops.
 */
import type { ConvNode } from '../../graph/types.ts';
import { paddedSize, padsOf } from '../../graph/window.ts';
import type { QuantizedWeights } from '../../quant/types.ts';
import { layOut, lazyKernels } from '../../base/wasm.ts';
import { requantizeMultiplier, type ConvInteger } from './conv.ts';
import { INTEGER_KERNELS } from './kernels.wasm.ts';
import { perChannel } from './weights.ts';

/** What assembly/kernels.ts exports; its comments give the formulas. */
type Kernels = {
  widen(codes: number, rows: number, length: number, zeroPoint: number, out: number, stride: number): void;
  conv(
    image: number,
    imageRow: number,
    rowStep: number,
    pixelStep: number,
    pixels: number,
    outWidth: number,
    taps: number,
    pairs: number,
    weights: number,
    bias: number,
    multiplier: number,
    zeroPoint: number,
    qmin: number,
    qmax: number,
    outChannels: number,
    codes: number,
  ): void;
};

/** Output channels that the kernel computes together, and the int16 that it multiplies together. */
const CHANNELS = 8;
const PAIR = 2;

const open = lazyKernels<Kernels>(INTEGER_KERNELS);

/** As convInteger. */
export const convFast: ConvInteger = (node, codes, [height, width], [outHeight, outWidth], input, weights, output) => {
  const { kernel, stride, inChannels, outChannels } = node;
  const { top, left } = padsOf(node);
  const [paddedHeight, paddedWidth] = paddedSize(node, [height, width]);
  const { kernels, memory } = open();
  const packed = packedWeights(node, weights);
  const imageSize = height * width * inChannels;
  const pixels = outHeight * outWidth;
  const resultSize = pixels * outChannels;
  const n = codes.length / imageSize;
  const rowBytes = paddedWidth * inChannels * 2;
  // The last pair may reach one number beyond the image.
  const imageBytes = paddedHeight * rowBytes + 2;
  const channels = roundUp(outChannels, CHANNELS);
  const [weightsAt, biasAt, multiplierAt, imageAt, codesAt, resultAt] = layOut(memory, [
    packed.byteLength,
    channels * 4,
    channels * 4,
    imageBytes,
    imageSize,
    resultSize,
  ]);
  new Int16Array(memory.buffer, weightsAt, packed.length).set(packed);
  new Int32Array(memory.buffer, biasAt, channels).fill(0).set(weights.bias);
  new Float32Array(memory.buffer, multiplierAt, channels)
    .fill(0)
    .set(requantizeMultiplier(input, weights, output, outChannels));
  new Uint8Array(memory.buffer, imageAt, imageBytes).fill(0);
  const codesIn = new Uint8Array(memory.buffer, codesAt, imageSize);
  const codesOut = new Uint8Array(memory.buffer, resultAt, resultSize);
  const pairs = Math.ceil((kernel[1] * inChannels) / PAIR);
  const inside = imageAt + top * rowBytes + left * inChannels * 2;
  const result = new Uint8Array(n * resultSize);
  for (let image = 0; image < n; image++) {
    codesIn.set(codes.subarray(image * imageSize, (image + 1) * imageSize));
    kernels.widen(codesAt, height, width * inChannels, input.zeroPoint, inside, rowBytes);
    kernels.conv(
      imageAt,
      rowBytes,
      rowBytes * stride,
      inChannels * 2 * stride,
      pixels,
      outWidth,
      kernel[0],
      pairs,
      weightsAt,
      biasAt,
      multiplierAt,
      output.zeroPoint,
      output.qmin,
      output.qmax,
      outChannels,
      resultAt,
    );
    result.set(codesOut, image * resultSize);
  }
  return result;
};

/** Kept as long as the weights are: a layer is packed once, however many images go through it. */
const PACKED = new WeakMap<QuantizedWeights, Int16Array>();

/** Codes less their zero point, [outChannels / 8, kh, pairs of (kw, inChannels), 8, 2], what fills up being zero. */
function packedWeights({ kernel, inChannels, outChannels }: ConvNode, weights: QuantizedWeights): Int16Array {
  const known = PACKED.get(weights);
  if (known) return known;
  const { codes, zeroPoint } = weights;
  const run = kernel[1] * inChannels;
  const padded = roundUp(run, PAIR);
  const packed = new Int16Array(roundUp(outChannels, CHANNELS) * kernel[0] * padded);
  for (let o = 0; o < outChannels; o++) {
    const zero = perChannel(zeroPoint, o);
    const [block, lane] = [Math.floor(o / CHANNELS), o % CHANNELS];
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let k = 0; k < run; k++) {
        const pair = (block * kernel[0] + ky) * (padded / PAIR) + (k >> 1);
        packed[(pair * CHANNELS + lane) * PAIR + (k & 1)] = codes[(ky * run + k) * outChannels + o] - zero;
      }
    }
  }
  PACKED.set(weights, packed);
  return packed;
}

const roundUp = (count: number, step: number): number => Math.ceil(count / step) * step;
