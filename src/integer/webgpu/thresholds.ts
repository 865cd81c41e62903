/** Where a window average goes on to the next code: the least sum of each, so that a GPU need not divide. */
import type { ActivationParams } from '../../quant/types.ts';
import { windowAverage } from '../reference/pool.ts';

/** A float32 by its place in the order of all: neighbours are one apart, -0 just below 0. */
const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
function floatAt(place: number): number {
  bits[0] = place < 0 ? (-1 - place) | 0x80000000 : place;
  return float[0];
}

/** The place of the greatest float32; no sum of a window comes near it. */
const GREATEST = 0x7f7fffff;

/**
 * [most, qmax] float32: in the row of p pixels (from 1), entry c is the least sum whose average has a code above c. Found by bisection of the very arithmetic that they stand for (`windowAverage`), which never falls.
 * @param most pixels of a whole window
 */
export function averageThresholds(most: number, output: ActivationParams): Float32Array<ArrayBuffer> {
  const { qmax } = output;
  const thresholds = new Float32Array(most * qmax);
  for (let pixels = 1; pixels <= most; pixels++) {
    let least = -1 - GREATEST;
    for (let code = 0; code < qmax; code++) {
      let [low, high] = [least, GREATEST];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (windowAverage(floatAt(middle), pixels, output) > code) high = middle;
        else low = middle + 1;
      }
      thresholds[(pixels - 1) * qmax + code] = floatAt(low);
      least = low;
    }
  }
  return thresholds;
}
