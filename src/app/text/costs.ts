/** What a bitwidth costs in size and time, in sentences that follow the numbers. */
import { WORDS } from '../words/words.ts';
import { bitsName, kilobytes, milliseconds, times } from './format.ts';

/** A difference of time that is less than this share is none: medians of one machine wander as far. */
const ALIKE = 0.05;

/** @param bytes of the quantized weights, and of the float ones */
export function sizeFinding(bits: number | null, bytes: number, float32: number): string {
  const words = WORDS.bill;
  const name = bitsName(bits);
  if (bytes >= float32) return words.sizeNoLess(name, kilobytes(bytes), kilobytes(float32));
  return words.sizeFinding(name, kilobytes(bytes), times(float32 / bytes));
}

/** @param ms an image's median, and that of the float network in the same race */
export function timeFinding(bits: number | null, ms: number, float32: number): string {
  const words = WORDS.bill;
  const [name, here, float] = [bitsName(bits), milliseconds(ms), milliseconds(float32)];
  if (Math.abs(float32 / ms - 1) <= ALIKE) return words.timeAlike(name, here, float);
  return ms < float32
    ? words.timeFinding(name, here, float, times(float32 / ms))
    : words.timeSlower(name, here, float, times(ms / float32));
}
