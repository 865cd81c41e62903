/** Depthwise convolution in integers: QLinearConv with a group for each channel. */
import { windowPixels, isInside } from '../../graph/window.ts';
import { requantize, requantizeMultiplier, type ConvInteger } from './conv.ts';
import { perChannel } from './weights.ts';

/** As convInteger, each channel by its own window: weights are [kh, kw, 1, channels]. */
export const depthwiseInteger: ConvInteger = (
  node,
  codes,
  [height, width],
  [outHeight, outWidth],
  input,
  weights,
  output,
) => {
  const channels = node.outChannels;
  const imageSize = height * width * channels;
  const n = codes.length / imageSize;
  const resultSize = outHeight * outWidth * channels;
  const centred = Int32Array.from(weights.codes, (code, i) => code - perChannel(weights.zeroPoint, i % channels));
  const multiplier = requantizeMultiplier(input, weights, output, channels);
  const windows = Array.from({ length: outHeight * outWidth }, (_, pixel) =>
    windowPixels(node, Math.floor(pixel / outWidth), pixel % outWidth),
  );
  const sums = new Int32Array(resultSize);
  const result = new Uint8Array(n * resultSize);
  for (let image = 0; image < n; image++) {
    sums.fill(0);
    for (let pixel = 0; pixel < windows.length; pixel++) {
      const to = pixel * channels;
      for (let tap = 0; tap < windows[pixel].length; tap++) {
        const [y, x] = windows[pixel][tap];
        if (!isInside(y, x, [height, width])) continue;
        const read = image * imageSize + (y * width + x) * channels;
        const row = tap * channels;
        for (let c = 0; c < channels; c++) sums[to + c] += (codes[read + c] - input.zeroPoint) * centred[row + c];
      }
    }
    requantize(
      sums,
      channels,
      weights.bias,
      multiplier,
      output,
      result.subarray(image * resultSize, (image + 1) * resultSize),
    );
  }
  return result;
};
