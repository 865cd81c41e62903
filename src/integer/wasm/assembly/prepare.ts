// What a kernel reads instead of the codes themselves, written beside them just before it is needed.
import { INT16, LOOK_UP } from './step';

/** Codes [from, to) of `source`, 16 at a time, as int16. */
function widen(source: usize, image: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i += 16) {
    const codes = v128.load(source + i), out = image + i * 2;
    v128.store(out, i16x8.extend_low_i8x16_u(codes));
    v128.store(out, i16x8.extend_high_i8x16_u(codes), 16);
  }
}

/** Of every four codes all 16 sums: entry e holds the sum of those whose bit is set in e, modulo 256. */
function tables(source: usize, image: usize, from: usize, to: usize): void {
  const m0 = i8x16(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1), m1 = i8x16(0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1);
  const m2 = i8x16(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1), m3 = i8x16(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1);
  for (let i = from; i < to; i += 4) {
    const x = source + i;
    v128.store(image + i * 4, i8x16.add(
      i8x16.add(v128.and(v128.load8_splat(x), m0), v128.and(v128.load8_splat(x, 1), m1)),
      i8x16.add(v128.and(v128.load8_splat(x, 2), m2), v128.and(v128.load8_splat(x, 3), m3))));
  }
}

/** Codes less 128, for a processor that reads all 8 bits as signed. */
function flip(source: usize, image: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i += 16) v128.store(image + i, v128.xor(v128.load(source + i), i8x16.splat(-128)));
}

/** Times that a prepared image is as large as its codes, as a shift. */
@inline
export function imageShift(kernel: u32): usize {
  return kernel == INT16 ? 1 : kernel == LOOK_UP ? 2 : 0;
}

/** Prepares the bytes [from, to) of the codes; both are multiples of 16. */
export function prepare(kernel: u32, source: usize, image: usize, from: usize, to: usize): void {
  if (kernel == INT16) widen(source, image, from, to);
  else if (kernel == LOOK_UP) tables(source, image, from, to);
  else flip(source, image, from, to);
}
