/** Areas of one memory, given out one behind the other. */
import { ALIGNMENT, roundUp } from './plan.ts';

export type Area = {
  /** Byte offset of the next area. */
  readonly take: (bytes: number) => number;
  /** Bytes given out so far. */
  readonly size: () => number;
};

export function areaFrom(start: number): Area {
  let end = roundUp(start, ALIGNMENT);
  return {
    take(bytes) {
      const at = end;
      end += roundUp(bytes, ALIGNMENT);
      return at;
    },
    size: () => end,
  };
}
