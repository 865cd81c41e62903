/** A depthwise convolution: each thread computes four channels of a pixel, each channel by its own window. */
import { BYTE, CODES, overWindows, REQUANTIZE, uniforms, WINDOW_FIELDS } from './common.ts';

export const DEPTHWISE_FIELDS = [...WINDOW_FIELDS, 'zeroIn', 'shift', 'zeroPoint', 'qmax'] as const;

const lanes = ['x', 'y', 'z', 'w'];

/** Weights are [taps, words, 4], less their zero point; what lies outside the image is the input's zero point. */
export const DEPTHWISE_SHADER = `
struct Channel { bias : i32, multiplier : f32, zero : u32, spare : u32 };
@group(0) @binding(0) var<storage, read> image : array<u32>;
@group(0) @binding(1) var<storage, read> weights : array<vec4<i32>>;
@group(0) @binding(2) var<storage, read> channels : array<Channel>;
@group(0) @binding(3) var<storage, read_write> result : array<u32>;
${uniforms(4, DEPTHWISE_FIELDS)}
${BYTE}
${REQUANTIZE}
${overWindows(
  `var sums = vec4<i32>(${lanes.map((_, j) => `channels[word * 4 + ${j}].bias`).join(', ')});
    for (var ky = 0; ky < s.kernelHeight; ky++) {
      for (var kx = 0; kx < s.kernelWidth; kx++) {
        let y = top + ky;
        let x = left + kx;
        var codes = vec4<i32>(s.zeroIn);
        if (y >= 0 && y < s.height && x >= 0 && x < s.width) {
          let four = ${CODES};
          codes = vec4<i32>(${lanes.map((_, j) => `i32(byteOf(four, ${j}u))`).join(', ')});
        }
        sums += (codes - s.shift) * weights[(ky * s.kernelWidth + kx) * s.words + word];
      }
    }
    result[i] = ${lanes
      .map(
        (lane, j) => `(codeOf(sums.${lane}, channels[word * 4 + ${j}].multiplier, s.zeroPoint, s.qmax) << ${8 * j}u)`,
      )
      .join(' | ')};`,
)}`;
