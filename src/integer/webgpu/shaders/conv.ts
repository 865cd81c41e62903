/**
 * A convolution (or a classifier, a convolution of one pixel) as a tiled product of integers: four products and their sum are one
 * instruction, dot4I8Packed, on a GPU that has it.
 *
 * A row of the left matrix is one output pixel's window, a column of the right one an output channel; what they are multiplied over
 * is cut into chunks of 32 codes. Weights stay packed at b bits in memory, b words a chunk and channel, and are unpacked on their
 * way into the workgroup's memory, once for all pixels of its tile.
 */
import { TILES, tileChannels, tilePixels, tileThreads, type TileName } from '../tiles.ts';
import { REQUANTIZE, uniforms } from './common.ts';

/**
 * 'signed': codes less 128, and weights less their zero point, both int8. 'unsigned': codes and weights as they are; the weights'
 * zero point times the sum of the codes is taken off at the end. Only affine weights of 8 bits need it: less their zero point they
 * have 9.
 */
export type Form = 'signed' | 'unsigned';

export type ConvVariant = { readonly tile: TileName; readonly form: Form };

export const CONV_FIELDS = [
  'height',
  'width',
  'words',
  'outHeight',
  'outWidth',
  'outChannels',
  'kernelWidth',
  'stride',
  'top',
  'left',
  'depth',
  'chunks',
  'bits',
  'isLogits',
  'outside',
  'zeroPoint',
  'qmax',
] as const;

/** Words of four codes in a chunk, and vectors of four words. */
export const CHUNK_WORDS = 8;
const VECTORS = CHUNK_WORDS / 4;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** WGSL: four weights, a byte each, out of a chunk; and less their zero point, byte by byte, no byte borrowing of the next. */
const UNPACKING = `
fn fourWeights(at : u32, group : u32) -> u32 {
  let bits = u32(s.bits);
  let first = group * 4u * bits;
  let shift = first & 31u;
  var field = weights[at + (first >> 5u)] >> shift;
  if (shift + 4u * bits > 32u) { field |= weights[at + (first >> 5u) + 1u] << (32u - shift); }
  let mask = (1u << bits) - 1u;
  return (field & mask) | (((field >> bits) & mask) << 8u)
    | (((field >> (2u * bits)) & mask) << 16u) | (((field >> (3u * bits)) & mask) << 24u);
}
fn centred(word : u32, zero : u32) -> u32 {
  let zeros = zero * 0x01010101u;
  return ((word | 0x80808080u) - (zeros & 0x7f7f7f7fu)) ^ ((word ^ ~zeros) & 0x80808080u);
}`;

/** The shader of a variant. Shapes and bits are uniforms, so that few shaders are compiled and serve all layers. */
export function convShader({ tile: name, form }: ConvVariant): string {
  const tile = TILES[name];
  const { rows, columns, pixels, slices } = tile;
  const [tileM, tileN, threads] = [tilePixels(tile), tileChannels(tile), tileThreads(tile)];
  const slice = rows * columns;
  const isSigned = form === 'signed';
  const dot = isSigned ? 'dot4I8Packed' : 'dot4U8Packed';
  const sum = isSigned ? 'i32' : 'u32';
  const each = range(pixels);
  const lanes = ['x', 'y', 'z', 'w'];
  const leftVectors = Math.ceil((tileM * VECTORS) / slice);
  return `
requires packed_4x8_integer_dot_product;
struct Channel { bias : i32, multiplier : f32, zero : u32, spare : u32 };
@group(0) @binding(0) var<storage, read> image : array<u32>;
@group(0) @binding(1) var<storage, read> weights : array<u32>;
@group(0) @binding(2) var<storage, read> channels : array<Channel>;
@group(0) @binding(3) var<storage, read_write> result : array<u32>;
${uniforms(4, CONV_FIELDS)}
var<workgroup> left : array<vec4<u32>, ${slices * tileM * VECTORS}>;
var<workgroup> right : array<vec4<u32>, ${slices * tileN * VECTORS}>;
${slices > 1 ? `var<workgroup> parts : array<vec4<i32>, ${threads * pixels}>;` : ''}
${REQUANTIZE}
${UNPACKING}
fn dots(a : vec4<u32>, b : vec4<u32>) -> ${sum} {
  return ${lanes.map((lane) => `${dot}(a.${lane}, b.${lane})`).join(' + ')};
}
fn codesAt(k : i32, base : i32, y : i32, x : i32) -> u32 {
  if (k >= s.depth || base < 0) { return 0u; }
  let tap = k / s.words;
  let row = y + tap / s.kernelWidth;
  let column = x + tap % s.kernelWidth;
  var word = u32(s.outside);
  if (row >= 0 && row < s.height && column >= 0 && column < s.width) {
    word = image[base + (row * s.width + column) * s.words + k % s.words];
  }
  return ${isSigned ? 'word ^ 0x80808080u' : 'word'};
}
@compute @workgroup_size(${columns}, ${rows}, ${slices})
fn main(@builtin(local_invocation_id) lid : vec3<u32>, @builtin(workgroup_id) wid : vec3<u32>) {
  let total = i32(images) * s.outHeight * s.outWidth;
  let firstPixel = i32(wid.x) * ${tileM};
  let firstChannel = i32(wid.y) * ${tileN};
  let place = i32(lid.y) * ${columns} + i32(lid.x);
  let leftAt = i32(lid.z) * ${tileM * VECTORS};
  let rightAt = i32(lid.z) * ${tileN * VECTORS};
  // Where the windows begin that this thread loads of: the same in each chunk.
  ${range(leftVectors)
    .map(
      (load) => `
  let vector${load} = place + ${load * slice};
  let pixel${load} = firstPixel + vector${load} / ${VECTORS};
  let within${load} = pixel${load} % (s.outHeight * s.outWidth);
  let isOutside${load} = pixel${load} >= total || vector${load} >= ${tileM * VECTORS};
  let base${load} = select(pixel${load} / (s.outHeight * s.outWidth) * s.height * s.width * s.words, -1, isOutside${load});
  let y${load} = within${load} / s.outWidth * s.stride - s.top;
  let x${load} = within${load} % s.outWidth * s.stride - s.left;`,
    )
    .join('')}
  ${each.map((i) => `var sum${i} = vec4<${sum}>(); ${isSigned ? '' : `var codes${i} = 0u;`}`).join('\n  ')}
  for (var step = 0; step < s.chunks; step += ${slices}) {
    let chunk = step + i32(lid.z);
    // Of a chunk behind the last one nothing is read, and zeros are multiplied.
    ${range(leftVectors)
      .map((load) => {
        const guard = (load + 1) * slice > tileM * VECTORS ? `if (vector${load} < ${tileM * VECTORS}) ` : '';
        const k = (i: number): string => `chunk * ${CHUNK_WORDS} + vector${load} % ${VECTORS} * 4 + ${i}`;
        const word = (i: number): string => `codesAt(${k(i)}, base${load}, y${load}, x${load})`;
        return `${guard}{ left[leftAt + vector${load} % ${VECTORS} * ${tileM} + vector${load} / ${VECTORS}] = vec4<u32>(${range(4).map(word).join(', ')}); }`;
      })
      .join('\n    ')}
    for (var vector = place; vector < ${tileN * VECTORS}; vector += ${slice}) {
      let channel = vector / ${VECTORS};
      let o = firstChannel + channel;
      var four = vec4<u32>();
      if (chunk < s.chunks && o < s.outChannels) {
        let at = u32((chunk * s.outChannels + o) * s.bits);
        let group = u32(vector % ${VECTORS} * 4);
        ${isSigned ? 'let zero = channels[o].zero;' : ''}
        four = vec4<u32>(${range(4)
          .map((i) => `fourWeights(at, group + ${i}u)`)
          .map((word) => (isSigned ? `centred(${word}, zero)` : word))
          .join(', ')});
      }
      // Channels of one thread lie apart, so that neighbouring threads read neighbouring places.
      right[rightAt + vector % ${VECTORS} * ${tileN} + channel % 4 * ${columns} + channel / 4] = four;
    }
    workgroupBarrier();
    for (var v = 0; v < ${VECTORS}; v++) {
      let first = rightAt + v * ${tileN} + i32(lid.x);
      ${range(4)
        .map((j) => `let w${j} = right[first + ${j * columns}];`)
        .join(' ')}
      ${each
        .map(
          (i) => `
      let c${i} = left[leftAt + v * ${tileM} + ${i * rows} + i32(lid.y)];
      sum${i} += vec4<${sum}>(${range(4)
        .map((j) => `dots(c${i}, w${j})`)
        .join(', ')});
      ${isSigned ? '' : `codes${i} += dots(c${i}, vec4<u32>(0x01010101u));`}`,
        )
        .join('')}
    }
    workgroupBarrier();
  }
  let o = firstChannel + i32(lid.x) * 4;
  let outWords = (s.outChannels + 3) / 4;
  ${
    isSigned
      ? each.map((i) => `var total${i} = sum${i};`).join(' ')
      : `let zeros = vec4<u32>(${range(4)
          .map((j) => `channels[o + ${j}].zero`)
          .join(', ')});
  ${each.map((i) => `var total${i} = vec4<i32>(sum${i} - zeros * codes${i});`).join(' ')}`
  }
  ${
    slices === 1
      ? ''
      : `
  ${each.map((i) => `parts[(i32(lid.z) * ${slice} + place) * ${pixels} + ${i}] = total${i};`).join(' ')}
  workgroupBarrier();
  if (lid.z > 0u) { return; }
  for (var other = 1; other < ${slices}; other++) {
    ${each.map((i) => `total${i} += parts[(other * ${slice} + place) * ${pixels} + ${i}];`).join(' ')}
  }`
  }
  if (o >= s.outChannels) { return; }
  ${each
    .map(
      (i) => `
  {
    let pixel = firstPixel + ${i * rows} + i32(lid.y);
    if (pixel < total) {
      ${output(i)}
    }
  }`,
    )
    .join('')}
}`;
}

/** WGSL: a pixel's four channels, as codes or as logits. Codes behind the last channel are never read. */
function output(i: number): string {
  const lanes = ['x', 'y', 'z', 'w'].map((lane, j) => ({
    at: `o + ${j}`,
    sum: `total${i}.${lane} + channels[o + ${j}].bias`,
    j,
  }));
  return `if (s.isLogits == 0) {
        result[pixel * outWords + o / 4] = ${lanes
          .map(({ at, sum, j }) => `(codeOf(${sum}, channels[${at}].multiplier, s.zeroPoint, s.qmax) << ${8 * j}u)`)
          .join(' | ')};
      } else {
        ${lanes
          .map(
            ({ at, sum }) =>
              `if (${at} < s.outChannels) { result[pixel * s.outChannels + ${at}] = bitcast<u32>(exactFloat(${sum}) * channels[${at}].multiplier); }`,
          )
          .join('\n        ')}
      }`;
}
