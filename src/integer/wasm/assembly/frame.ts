// The frame around an image: the input's zero point, which adds nothing to a sum, wherever a window reaches beyond it.
import { FRAME, FRAME_ROWS, FRAME_ROW_BYTES, FRAME_SIDE_BYTES, FRAME_TOP_BYTES, FRAME_VALUE, word } from './step';

@inline
function fill(at: usize, bytes: usize, value: u64): void {
  const end = at + bytes;
  for (; at + 8 <= end; at += 8) store<u64>(at, value);
  for (; at < end; at++) store<u8>(at, <u8>value);
}

/** The rows above with the first row's left side; between two rows the right side of one and the left of the next; what is below. */
export function frame(step: usize): void {
  const top = <usize>word(step, FRAME_TOP_BYTES), side = <usize>word(step, FRAME_SIDE_BYTES), rowBytes = <usize>word(step, FRAME_ROW_BYTES);
  if (!top) return;
  const value = <u64>word(step, FRAME_VALUE) * 0x0101010101010101;
  let at = <usize>word(step, FRAME);
  fill(at, top, value);
  at += top + rowBytes - side;
  for (let row = word(step, FRAME_ROWS); row > 1; row--, at += rowBytes) fill(at, side, value);
  fill(at, top, value);
}
