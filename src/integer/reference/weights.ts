/** Integer weights as the interpreter's matrix product reads them. */
import type { QuantizedWeights } from '../../quant/types.ts';
import { paddedRows } from './dot.ts';

/**
 * Codes less their zero point, transposed to one row for each output channel.
 *
 * @returns [out padded with zero rows, depth], depth = the product of all axes but the last, in their order
 */
export function weightRows({ codes, shape, zeroPoint }: QuantizedWeights): Float64Array {
  const outChannels = shape[shape.length - 1];
  const depth = codes.length / outChannels;
  const rows = new Float64Array(paddedRows(0, outChannels).right * depth);
  for (let o = 0; o < outChannels; o++) {
    const zero = perChannel(zeroPoint, o);
    for (let k = 0; k < depth; k++) rows[o * depth + k] = codes[k * outChannels + o] - zero;
  }
  return rows;
}

/** The channel's own value, or the tensor's where there is but one. */
export function perChannel(values: Float32Array | Int32Array, channel: number): number {
  return values.length === 1 ? values[0] : values[channel];
}
