// One convolution: split among threads, in bands of pixels that stay in the cache while all channels pass over them.
import { convFloat32 } from './float32';
import { convInt16 } from './int16';
import { convInt8 } from './int8';
import { convLookUp } from './lookUp';
import { imageShift, prepare } from './prepare';
import {
  BAND, BLOCKS, BLOCK_PIXELS, BY_BLOCKS, FLOAT32, IMAGE, IMAGE_ROW, INT16, INT8, INT8_SUM16, KERNEL, LOOK_UP, OFFSETS, PIXEL_COUNT, RUN, SOURCE, TAPS, word,
} from './step';
import { convInt8Sum16 } from './sum16';

/** The byte behind the last one that the window of a pixel reads, in codes. */
@inline
function windowEnd(step: usize, pixel: i32, shift: usize): usize {
  const window = <usize>(word(step, TAPS) - 1) * word(step, IMAGE_ROW) + word(step, RUN);
  return <usize>load<u32>(<usize>word(step, OFFSETS) + (<usize>pixel << 3)) + (window >> shift);
}

@inline
function compute(step: usize, kernel: u32, from: i32, to: i32, first: usize, last: usize): void {
  if (kernel == FLOAT32) return convFloat32(step, from, to, first, last);
  if (kernel == INT16) return convInt16(step, from, to, first, last);
  if (kernel == LOOK_UP) return convLookUp(step, from, to, first, last);
  // The relaxed dot products: a module without them is never given such a step.
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (kernel == INT8) return convInt8(step, from, to, first, last);
    if (kernel == INT8_SUM16) return convInt8Sum16(step, from, to, first, last);
  }
  unreachable();
}

/** Each thread prepares what it reads: where two read the same, both write the same there. */
export function conv(step: usize, thread: i32, threads: i32): void {
  const kernel = word(step, KERNEL), pixels = <i32>word(step, PIXEL_COUNT), unit = <i32>word(step, BLOCK_PIXELS), band = <i32>word(step, BAND);
  const source = <usize>word(step, SOURCE), image = <usize>word(step, IMAGE), shift = imageShift(kernel);
  const blocks = <i32>word(step, BLOCKS);
  let from = 0, to = pixels, first = 0, last = blocks;
  if (word(step, BY_BLOCKS)) {
    first = blocks * thread / threads;
    last = blocks * (thread + 1) / threads;
  } else {
    const units = (pixels + unit - 1) / unit;
    from = units * thread / threads * unit;
    to = min(pixels, units * (thread + 1) / threads * unit);
  }
  if (from >= to || first >= last) return;
  let prepared = <usize>load<u32>(<usize>word(step, OFFSETS) + (<usize>from << 3)) & ~15;
  for (let start = from; start < to; start += band) {
    const end = min(to, start + band);
    if (source != image) {
      const needed = (windowEnd(step, end - 1, shift) + 15) & ~15;
      if (needed > prepared) {
        prepare(kernel, source, image, prepared, needed);
        prepared = needed;
      }
    }
    compute(step, kernel, start, end, <usize>first, <usize>last);
  }
}
