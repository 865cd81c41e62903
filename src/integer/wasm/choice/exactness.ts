/** Which kernels are exact for a layer: bounds on every intermediate sum, taken from the very weights. */
import { runOf, type Packing } from '../steps/packing.ts';
import type { EighthBit } from '../host/processor.ts';
import type { CentredWeights } from './workshop.ts';

export type Depth =
  | {
      readonly exact: true;
      /** Groups of four that may be summed before widening, an even number. */ readonly depth: number;
    }
  | { readonly exact: false; readonly why: string };

const INT16_MAX = 32767;
const INT8_SUM = 255;
/** Activations that one look-up sums, and that one 8-bit dot product sums in int32. */
const GROUP = 4;

/**
 * Whether the 8-bit dot product into int32 is exact, or why not. Up to 127 the second number is read alike everywhere; of 128
 * and more each processor makes its own (see processor.ts).
 * @param most the largest activation code
 */
export function int8Exact(weights: CentredWeights, most: number, eighthBit: EighthBit): Depth {
  const { least, most: heaviest } = weights;
  if (least < -128 || heaviest > 127)
    return no(`weights less their zero point reach ${-least > heaviest ? least : heaviest}, beyond 8 bits`);
  if (most < 128 || eighthBit === 'unsigned') return { exact: true, depth: Infinity };
  if (eighthBit === 'signed')
    return least < -127 ? no('a weight of -128 times -128 does not fit') : { exact: true, depth: Infinity };
  if (eighthBit === 'unknown') return no('activations have 8 bits, and this processor reads the eighth in its own way');
  // Two products are summed in int16 first, and saturate.
  return weights.sumsFit(1, Math.floor(INT16_MAX / most))
    ? { exact: true, depth: Infinity }
    : no('activations have 8 bits, and two products would saturate in 16 here');
}

/**
 * The largest number of groups whose sums fit int16 in every lane (two products of each group), wherever they start.
 * Activations are never negative: the weights above zero bound a sum from one side, those below from the other.
 */
export function int8Sum16Exact(weights: CentredWeights, packing: Packing, most: number, eighthBit: EighthBit): Depth {
  const { least, most: heaviest } = weights;
  if (least < -128 || heaviest > 127) return no('weights less their zero point are beyond 8 bits');
  if (most >= 128 && (eighthBit === 'unknown' || eighthBit === 'signed'))
    return no('activations have 8 bits, and this processor reads the eighth as a sign');
  const pairs = runOf('int8Sum16', packing) / (2 * GROUP);
  const certain = Math.floor(INT16_MAX / (2 * most * Math.max(-least, heaviest, 1)));
  for (let parts = 1; parts <= pairs; parts++) {
    const depth = 2 * Math.ceil(pairs / parts);
    if (depth <= certain) return { exact: true, depth };
    if (parts > 1 && depth === 2 * Math.ceil(pairs / (parts - 1))) continue;
    if (weights.sumsFit(depth, Math.floor(INT16_MAX / most))) return { exact: true, depth };
  }
  return no('four products can pass 16 bits');
}

/** Whether two-bit weights may be looked up: a table's sums and their sum fit 8 bits, a whole window's 16. */
export function lookUpExact(
  { above, below }: CentredWeights,
  { paddedChannels }: Packing,
  most: number,
  bits: number,
): Depth {
  if (bits !== 2) return no(`weights have ${bits} bits, and a look-up for each would not pay`);
  if (paddedChannels % GROUP !== 0) return no('its input has an odd number of channels');
  // The inner loop takes two at a time.
  const depth = 2 * Math.floor(INT8_SUM / (2 * GROUP * most));
  if (depth < 2) return no('the sums of four activations can pass 8 bits');
  const reach = above.reduce((reach, sum, o) => Math.max(reach, sum, below[o]), 0) * most;
  return reach > INT16_MAX ? no('a window can sum to more than 16 bits hold') : { exact: true, depth };
}

const no = (why: string): Depth => ({ exact: false, why });
