/** Which kernels are exact for a layer: bounds on every intermediate sum, taken from the very weights. */
import type { QuantizedWeights } from '../../../quant/types.ts';
import { perChannel } from '../../reference/weights.ts';
import { runOf, type Packing } from '../steps/packing.ts';
import type { EighthBit } from '../host/processor.ts';

/** Codes of a convolution [kh, kw, in, out] less their zero point; the least and the greatest of them, and the sum of each channel. */
export type CentredWeights = {
  readonly values: Int8Array | Int16Array;
  readonly least: number;
  readonly most: number;
  readonly sums: Int32Array;
};

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

export function centredWeights({ codes, zeroPoint }: QuantizedWeights, outChannels: number): CentredWeights {
  const values =
    codes instanceof Int8Array && zeroPoint.every((zero) => zero === 0) ? codes : less(codes, zeroPoint, outChannels);
  let least = 0;
  let most = 0;
  const sums = new Int32Array(outChannels);
  for (let i = 0; i < values.length; i += outChannels) {
    for (let o = 0; o < outChannels; o++) {
      const value = values[i + o];
      sums[o] += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { values, least, most, sums };
}

function less(codes: Int8Array | Uint8Array, zeroPoint: Int32Array, outChannels: number): Int16Array {
  const values = new Int16Array(codes.length);
  const zeros = Int16Array.from({ length: outChannels }, (_, o) => perChannel(zeroPoint, o));
  for (let i = 0; i < values.length; i += outChannels) {
    for (let o = 0; o < outChannels; o++) values[i + o] = codes[i + o] - zeros[o];
  }
  return values;
}

/**
 * Whether the 8-bit dot product into int32 is exact, or why not. Up to 127 the second number is read alike everywhere; of 128
 * and more each processor makes its own (see processor.ts).
 * @param most the largest activation code
 */
export function int8Exact(weights: CentredWeights, packing: Packing, most: number, eighthBit: EighthBit): Depth {
  const { least, most: heaviest } = weights;
  if (least < -128 || heaviest > 127)
    return no(`weights less their zero point reach ${-least > heaviest ? least : heaviest}, beyond 8 bits`);
  if (most < 128 || eighthBit === 'unsigned') return { exact: true, depth: Infinity };
  if (eighthBit === 'signed')
    return least < -127 ? no('a weight of -128 times -128 does not fit') : { exact: true, depth: Infinity };
  if (eighthBit === 'unknown') return no('activations have 8 bits, and this processor reads the eighth in its own way');
  // Two products are summed in int16 first, and saturate.
  return sumsFit(weights, packing, 1, most)
    ? { exact: true, depth: Infinity }
    : no('activations have 8 bits, and two products would saturate in 16 here');
}

/** The largest number of groups whose sums fit int16 in every lane (two products of each group), wherever they start. */
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
    if (sumsFit(weights, packing, depth, most)) return { exact: true, depth };
  }
  return no('four products can pass 16 bits');
}

/** Activations are never negative: the weights above zero and those below bound a sum from either side. */
function sumsFit({ values }: CentredWeights, packing: Packing, depth: number, most: number): boolean {
  const { taps, width, inChannels, paddedChannels, outChannels } = packing;
  const bound = Math.floor(INT16_MAX / most);
  // [half of a group, out]: its first two products go to one lane, the others to the next.
  const above = new Int32Array(2 * outChannels);
  const below = new Int32Array(2 * outChannels);
  const fits = (): boolean => {
    let reach = 0;
    for (let i = 0; i < above.length; i++) reach = Math.max(reach, above[i], below[i]);
    above.fill(0);
    below.fill(0);
    return reach <= bound;
  };
  for (let tap = 0, row = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c++, row += outChannels) {
        const k = x * paddedChannels + c;
        // The first of a sum, or behind it where padded channels are left out.
        if (k % (GROUP * depth) <= (c === 0 ? paddedChannels - inChannels : 0) && !fits()) return false;
        addSigned(values, row, above, below, ((k >> 1) & 1) * outChannels, outChannels);
      }
    }
  }
  return fits();
}

/** Adds what is above zero to one array and what is below to the other; without a branch, which would be wrong half the time. */
function addSigned(
  values: Int8Array | Int16Array,
  row: number,
  above: Int32Array,
  below: Int32Array,
  at: number,
  count: number,
): void {
  for (let o = 0; o < count; o++) {
    const value = values[row + o];
    const positive = value & ~(value >> 31);
    above[at + o] += positive;
    below[at + o] += positive - value;
  }
}

/** Whether two-bit weights may be looked up: a table's sums and their sum fit 8 bits, a whole window's 16. */
export function lookUpExact(
  { values }: CentredWeights,
  { outChannels, paddedChannels }: Packing,
  most: number,
  bits: number,
): Depth {
  if (bits !== 2) return no(`weights have ${bits} bits, and a look-up for each would not pay`);
  if (paddedChannels % GROUP !== 0) return no('its input has an odd number of channels');
  // The inner loop takes two at a time.
  const depth = 2 * Math.floor(INT8_SUM / (2 * GROUP * most));
  if (depth < 2) return no('the sums of four activations can pass 8 bits');
  const above = new Int32Array(outChannels);
  const below = new Int32Array(outChannels);
  for (let row = 0; row < values.length; row += outChannels) addSigned(values, row, above, below, 0, outChannels);
  const reach = above.reduce((reach, sum, o) => Math.max(reach, sum, below[o]), 0) * most;
  return reach > INT16_MAX ? no('a window can sum to more than 16 bits hold') : { exact: true, depth };
}

const no = (why: string): Depth => ({ exact: false, why });
