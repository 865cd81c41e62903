/** Shaders of the layers without weights, and of the pixels' way in: each thread writes words of four codes. */
import { BYTE, CODES, overAll, overWindows, REQUANTIZE, uniforms, WINDOW_FIELDS } from './common.ts';

const four = (byte: (place: number) => string): string =>
  [0, 1, 2, 3].map((place) => `(${byte(place)} << ${8 * place}u)`).join(' | ');

export const SOURCE_FIELDS = ['pixels', 'channels', 'words'] as const;

/** Bytes [n, pixels, channels] to codes, by a table of 256 for each channel; channels are filled up to whole words. */
export const SOURCE_SHADER = `
@group(0) @binding(0) var<storage, read> source : array<u32>;
@group(0) @binding(1) var<storage, read> table : array<u32>;
@group(0) @binding(2) var<storage, read_write> result : array<u32>;
${uniforms(3, SOURCE_FIELDS)}
${BYTE}
fn codeAt(pixel : u32, channel : u32) -> u32 {
  if (channel >= u32(s.channels)) { return 0u; }
  let at = pixel * u32(s.channels) + channel;
  let entry = channel * 256u + byteOf(source[at >> 2u], at & 3u);
  return byteOf(table[entry >> 2u], entry & 3u);
}
${overAll(
  'images * u32(s.pixels * s.words)',
  `let pixel = i / u32(s.words);
    let channel = i % u32(s.words) * 4u;
    result[i] = ${four((place) => `codeAt(pixel, channel + ${place}u)`)};`,
)}`;

export const ADD_FIELDS = ['words', 'columns'] as const;

/**
 * An addition, looked up: a table has the code of the sum for each pair of codes. The formula divides by a scale, and WGSL does not
 * promise the last bit of a quotient.
 */
export const ADD_SHADER = `
@group(0) @binding(0) var<storage, read> first : array<u32>;
@group(0) @binding(1) var<storage, read> second : array<u32>;
@group(0) @binding(2) var<storage, read> sums : array<u32>;
@group(0) @binding(3) var<storage, read_write> result : array<u32>;
${uniforms(4, ADD_FIELDS)}
${BYTE}
fn sumOf(a : u32, b : u32) -> u32 {
  let entry = a * u32(s.columns) + b;
  return byteOf(sums[entry >> 2u], entry & 3u);
}
${overAll(
  'images * u32(s.words)',
  `let a = first[i];
    let b = second[i];
    result[i] = ${four((place) => `sumOf(byteOf(a, ${place}u), byteOf(b, ${place}u))`)};`,
)}`;

/** The greatest code of each window; codes are never below 0, which is what lies outside. */
export const MAX_POOL_SHADER = `
@group(0) @binding(0) var<storage, read> image : array<u32>;
@group(0) @binding(1) var<storage, read_write> result : array<u32>;
${uniforms(2, WINDOW_FIELDS)}
${BYTE}
${overWindows(
  `var most = vec4<u32>();
    for (var y = max(top, 0); y < min(top + s.kernelHeight, s.height); y++) {
      for (var x = max(left, 0); x < min(left + s.kernelWidth, s.width); x++) {
        let codes = ${CODES};
        most = max(most, vec4<u32>(${[0, 1, 2, 3].map((place) => `byteOf(codes, ${place}u)`).join(', ')}));
      }
    }
    result[i] = ${four((place) => `most[${place}]`)};`,
)}`;

export const AVERAGE_FIELDS = ['pixels', 'words', 'zeroSum', 'multiplierBits', 'zeroPoint', 'qmax'] as const;

/** The sum of the codes less their zero points, scaled once. */
export const AVERAGE_SHADER = `
@group(0) @binding(0) var<storage, read> image : array<u32>;
@group(0) @binding(1) var<storage, read_write> result : array<u32>;
${uniforms(2, AVERAGE_FIELDS)}
${BYTE}
${REQUANTIZE}
fn average(sum : u32) -> u32 {
  return codeOf(i32(sum) - s.zeroSum, bitcast<f32>(s.multiplierBits), s.zeroPoint, s.qmax);
}
${overAll(
  'images * u32(s.words)',
  `let words = u32(s.words);
    let first = i / words * u32(s.pixels) * words + i % words;
    var sums = vec4<u32>();
    for (var pixel = 0u; pixel < u32(s.pixels); pixel++) {
      let codes = image[first + pixel * words];
      sums += vec4<u32>(${[0, 1, 2, 3].map((place) => `byteOf(codes, ${place}u)`).join(', ')});
    }
    result[i] = ${four((place) => `average(sums[${place}])`)};`,
)}`;

export const WINDOW_AVERAGE_FIELDS = [...WINDOW_FIELDS, 'qmax'] as const;

/**
 * The average of each window over what of it lies in the image. Each code's real number comes from a table and the sum of them is
 * looked for among thresholds, a row for each count of pixels: sums alone are computed, in the interpreter's order, so there is nothing to fuse
 * and no quotient, of which WGSL does not promise the last bit.
 */
export const WINDOW_AVERAGE_SHADER = `
@group(0) @binding(0) var<storage, read> image : array<u32>;
@group(0) @binding(1) var<storage, read> reals : array<f32>;
@group(0) @binding(2) var<storage, read> thresholds : array<f32>;
@group(0) @binding(3) var<storage, read_write> result : array<u32>;
${uniforms(4, WINDOW_AVERAGE_FIELDS)}
${BYTE}
fn codeOf(sum : f32, row : u32) -> u32 {
  var low = 0u;
  var high = u32(s.qmax);
  while (low < high) {
    let middle = (low + high) / 2u;
    if (sum >= thresholds[row + middle]) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}
${overWindows(
  `var sums = vec4<f32>();
    var count = 0u;
    for (var y = max(top, 0); y < min(top + s.kernelHeight, s.height); y++) {
      for (var x = max(left, 0); x < min(left + s.kernelWidth, s.width); x++) {
        let codes = ${CODES};
        sums += vec4<f32>(${[0, 1, 2, 3].map((place) => `reals[byteOf(codes, ${place}u)]`).join(', ')});
        count++;
      }
    }
    let row = (count - 1u) * u32(s.qmax);
    result[i] = ${four((place) => `codeOf(sums[${place}], row)`)};`,
)}`;
