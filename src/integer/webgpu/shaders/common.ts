/** WGSL that several shaders have in common. */

/** Threads of a workgroup that walks over a tensor. */
export const THREADS = 256;

/** Most workgroups along one side of a dispatch, by WebGPU's default limits. */
export const MOST_GROUPS = 65_535;

/** Workgroups that walk over `words` words of four codes. */
export const walkers = (words: number): number => Math.max(1, Math.min(MOST_GROUPS, Math.ceil(words / THREADS)));

/**
 * A sum to float32 and on to a code.
 *
 * Exact on every GPU, because nothing is left to choose:
 * - i32 to f32 is promised to be exact only up to 2^24. A sum that may be larger is first rounded to 24 bits in integers, ties to
 *   even, and then converts exactly. (Adding two exact halves in float32 would round alike, but a compiler may multiply each half
 *   by the multiplier and fuse that.)
 * - Between the conversion and round(), which is exact and takes ties to even, stands one product. A product has nothing to be
 *   fused with but an addition, and there is none: the zero point is added in integers.
 * - The product is rounded correctly by WGSL's rules, which leave open to which side. `askArithmetic` asks that once for a device.
 */
export const REQUANTIZE = `
fn exactFloat(sum : i32) -> f32 {
  let size = u32(abs(sum));
  let extra = u32(max(8 - i32(countLeadingZeros(size)), 0));
  if (extra == 0u) { return f32(sum); }
  let half = (1u << extra) >> 1u;
  let rounded = f32(((size + half - 1u + ((size >> extra) & 1u)) >> extra) << extra);
  return select(rounded, -rounded, sum < 0);
}

fn codeOf(sum : i32, multiplier : f32, zeroPoint : i32, qmax : i32) -> u32 {
  // Far outside every grid, and still a small integer.
  let level = clamp(round(exactFloat(sum) * multiplier), -1024.0, 1024.0);
  return u32(clamp(i32(level) + zeroPoint, 0, qmax));
}`;

/** WGSL: byte `place` of four. */
export const BYTE = `
fn byteOf(word : u32, place : u32) -> u32 { return (word >> (8u * place)) & 255u; }`;

/** WGSL: a loop over i in 0 .. total - 1, shared out over all threads. */
export const overAll = (total: string, statement: string): string => `
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) gid : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>) {
  let total = ${total};
  for (var i = gid.x; i < total; i += groups.x * ${THREADS}u) {
    ${statement}
  }
}`;

export const WINDOW_FIELDS = [
  'height',
  'width',
  'words',
  'outHeight',
  'outWidth',
  'kernelHeight',
  'kernelWidth',
  'stride',
  'top',
  'left',
] as const;

/** WGSL: `overAll` words of outputs that each read a window of their own channels, of which `statement` knows the upper left corner. */
export const overWindows = (statement: string): string =>
  overAll(
    'images * u32(s.outHeight * s.outWidth * s.words)',
    `let word = i32(i) % s.words;
    let pixel = i32(i) / s.words;
    let number = pixel / (s.outHeight * s.outWidth);
    let top = pixel / s.outWidth % s.outHeight * s.stride - s.top;
    let left = pixel % s.outWidth * s.stride - s.left;
    ${statement}`,
  );

/** WGSL: the four channels' codes at a place of the window, which lies in the image. */
export const CODES = 'image[((number * s.height + y) * s.width + x) * s.words + word]';

/** WGSL: a struct of 32-bit words, bound as a uniform; `images` is how many are run at once. */
export const uniforms = (binding: number, fields: readonly string[]): string => `
struct Shape { ${fields.map((field) => `${field} : i32`).join(', ')} };
@group(0) @binding(${binding}) var<uniform> s : Shape;
@group(0) @binding(${binding + 1}) var<uniform> images : u32;`;
