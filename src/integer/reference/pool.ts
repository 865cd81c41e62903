/** Max pooling and average pooling in integers. */
import type { Window } from '../../graph/types.ts';
import { isInside, padsOf, windowPixels, windowStart } from '../../graph/window.ts';
import { rne } from '../../base/rounding.ts';
import type { ActivationParams } from '../../quant/types.ts';

const f32 = Math.fround;

/**
 * The greatest code of each window; what lies outside the image counts as qmin. The grid stays the input's.
 *
 * @param codes [n, height, width, channels]
 * @returns codes [n, outHeight, outWidth, channels]
 */
export function maxPoolInteger(
  window: Window,
  codes: Uint8Array,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  [outHeight, outWidth]: readonly [height: number, width: number, ...rest: number[]],
  { qmin }: ActivationParams,
): Uint8Array {
  const { kernel, stride } = window;
  const pads = padsOf(window);
  const n = codes.length / (height * width * channels);
  const result = new Uint8Array(n * outHeight * outWidth * channels).fill(qmin);
  let write = 0;
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = windowStart(oy, stride, pads.top);
      for (let ox = 0; ox < outWidth; ox++, write += channels) {
        const left = windowStart(ox, stride, pads.left);
        for (let y = Math.max(0, top); y < Math.min(height, top + kernel[0]); y++) {
          for (let x = Math.max(0, left); x < Math.min(width, left + kernel[1]); x++) {
            const read = ((image * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) {
              if (codes[read + c] > result[write + c]) result[write + c] = codes[read + c];
            }
          }
        }
      }
    }
  }
  return result;
}

/**
 * QLinearGlobalAveragePool: the int32 sum of (q - zx) over the image, scaled once:
 * q = clamp(rne(f32(sum) * f32(sx / f32(sy * f32(pixels)))) + zy). From ONNX Runtime's mlas/lib/qlgavgpool.cpp, whose
 * vector and portable versions agree.
 *
 * @param codes [n, pixels, channels]
 * @returns codes [n, channels]
 */
export function globalAvgPoolInteger(
  codes: Uint8Array,
  pixels: number,
  channels: number,
  input: ActivationParams,
  output: ActivationParams,
): Uint8Array {
  const n = codes.length / (pixels * channels);
  const multiplier = f32(input.scale / f32(output.scale * pixels));
  const { zeroPoint, qmin, qmax } = output;
  const result = new Uint8Array(n * channels);
  const sums = new Int32Array(channels);
  for (let image = 0; image < n; image++) {
    sums.fill(-input.zeroPoint * pixels);
    const first = image * pixels * channels;
    for (let read = first; read < first + pixels * channels; read += channels) {
      for (let c = 0; c < channels; c++) sums[c] += codes[read + c];
    }
    for (let c = 0; c < channels; c++) {
      const q = rne(f32(f32(sums[c]) * multiplier)) + zeroPoint;
      result[image * channels + c] = q < qmin ? qmin : q > qmax ? qmax : q;
    }
  }
  return result;
}

/**
 * QLinearAveragePool: real numbers are summed in float32, row by row of the window, then divided by how many of them lie
 * in the image; the zero point goes in before the rounding:
 * q = clamp(rne(f32(f32(f32(sum of f32(sx * (q - zx))) / pixels) / sy) + zy)). From ONNX Runtime's qlinear_pool.cc, whose
 * two layouts agree; a window over the whole image is pooled as globalAvgPoolInteger does, there and here.
 *
 * @param codes [n, height, width, channels]
 * @returns codes [n, outHeight, outWidth, channels]
 */
export function avgPoolInteger(
  window: Window,
  codes: Uint8Array,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  [outHeight, outWidth]: readonly [height: number, width: number, ...rest: number[]],
  input: ActivationParams,
  output: ActivationParams,
): Uint8Array {
  if (isWhole(window, [height, width])) return globalAvgPoolInteger(codes, height * width, channels, input, output);
  const n = codes.length / (height * width * channels);
  const result = new Uint8Array(n * outHeight * outWidth * channels);
  const sums = new Float32Array(channels);
  for (let image = 0; image < n; image++) {
    for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
      const inside = windowPixels(window, Math.floor(pixel / outWidth), pixel % outWidth).filter(([y, x]) =>
        isInside(y, x, [height, width]),
      );
      sums.fill(0);
      for (const [y, x] of inside) {
        const read = ((image * height + y) * width + x) * channels;
        for (let c = 0; c < channels; c++) sums[c] += realOfCode(input, codes[read + c]);
      }
      const write = (image * outHeight * outWidth + pixel) * channels;
      for (let c = 0; c < channels; c++) result[write + c] = windowAverage(sums[c], inside.length, output);
    }
  }
  return result;
}

/** f32(scale * (code - zeroPoint)): what a window average sums. */
export const realOfCode = ({ scale, zeroPoint }: ActivationParams, code: number): number =>
  f32(scale * (code - zeroPoint));

/** The code of a window's sum over `pixels` pixels; it never falls as the sum grows. */
export function windowAverage(sum: number, pixels: number, { scale, zeroPoint, qmin, qmax }: ActivationParams): number {
  const q = rne(f32(f32(f32(sum / pixels) / scale) + zeroPoint));
  return q < qmin ? qmin : q > qmax ? qmax : q;
}

/** Whether a window is the whole image, and nothing around it. */
export const isWhole = (window: Window, size: readonly number[]): boolean =>
  window.kernel.every((side, axis) => side === size[axis]) && Object.values(padsOf(window)).every((pad) => pad === 0);
