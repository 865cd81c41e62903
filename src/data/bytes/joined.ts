/** Pieces of a stream put together. `length` is the sum of theirs. */
import type { Bytes } from '../types.ts';

export function joined(parts: readonly Uint8Array[], length: number): Bytes {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
