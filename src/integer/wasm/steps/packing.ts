/** Weights in the order in which a kernel reads them; what fills up is zero. */
import { KERNELS, type ConvKernel } from '../kernels.ts';
import { roundUp } from '../plan.ts';

/** Activations that one look-up sums. */
const GROUP = 4;

/** What of a convolution the packed order depends on. */
export type Packing = {
  readonly taps: number;
  /** kernel width, and the channels of its input with and without padding */
  readonly width: number;
  readonly inChannels: number;
  readonly paddedChannels: number;
  readonly outChannels: number;
};

/** Numbers of one row of a window as they lie in the image, the group filled up. */
export function runOf(kernel: ConvKernel, { width, inChannels, paddedChannels }: Packing): number {
  return roundUp((width - 1) * paddedChannels + inChannels, KERNELS[kernel].multiple);
}

export const blocksOf = (kernel: ConvKernel, { outChannels }: Packing): number =>
  Math.ceil(outChannels / KERNELS[kernel].channels);

const BYTES = { int16: 2, int8: 1, int8Sum16: 1, lookUp: 0.5, float32: 4 } as const satisfies Record<
  ConvKernel,
  number
>;

export function packedBytes(kernel: ConvKernel, packing: Packing): number {
  const { channels } = KERNELS[kernel];
  return blocksOf(kernel, packing) * packing.taps * runOf(kernel, packing) * channels * BYTES[kernel];
}

/** Bytes of the coefficients of a look-up: int16 [blocks, 2 planes, 16]. */
export const coefficientBytes = (packing: Packing): number => blocksOf('lookUp', packing) * 64;

/**
 * [blocks, taps, run / group, 8, group]: the 8 channels of a block side by side, each with the numbers that one instruction sums.
 * @param values [taps, width, in, out]
 * @param out zeros
 */
export function packDot(
  values: ArrayLike<number>,
  packing: Packing,
  kernel: 'int16' | 'int8' | 'int8Sum16' | 'float32',
  out: Int8Array | Int16Array | Float32Array,
): void {
  const { taps, width, inChannels, paddedChannels, outChannels } = packing;
  const { group, channels } = KERNELS[kernel];
  const run = runOf(kernel, packing);
  const blockSize = taps * run * channels;
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c++) {
        const k = x * paddedChannels + c;
        const place = (tap * run + k - (k % group)) * channels + (k % group);
        const row = ((tap * width + x) * inChannels + c) * outChannels;
        for (let first = 0, at = place; first < outChannels; first += channels, at += blockSize) {
          const last = Math.min(outChannels, first + channels);
          for (let o = first, to = at; o < last; o++, to += group) out[to] = values[row + o];
        }
      }
    }
  }
}

/**
 * [blocks, taps, run / 4, 2 planes, 16]: bit k of an index says whether the k-th of four activations is in the sum.
 * A weight is the sum of its planes' bits times what a plane is worth: with zero point z, plane j is worth -2^j where bit j of z
 * is set and 2^j elsewhere, and its bit is that of code XOR z. So any z from 0 to 3 goes (two's complement is z = 2).
 * @param zeroOf the zero point of the channel's codes when counted from 0
 * @param out zeros; coefficients int16 [blocks, 2, 16]
 */
export function packLookUp(
  values: Int8Array | Int16Array,
  packing: Packing,
  zeroOf: (channel: number) => number,
  out: Uint8Array,
  coefficients: Int16Array,
): void {
  const { taps, width, inChannels, paddedChannels, outChannels } = packing;
  const { channels } = KERNELS.lookUp;
  const groups = runOf('lookUp', packing) / GROUP;
  const zeros = Uint8Array.from({ length: outChannels }, (_, o) => zeroOf(o));
  for (let o = 0; o < outChannels; o++) {
    for (const plane of [0, 1]) {
      const worth = 1 << plane;
      coefficients[(Math.floor(o / channels) * 2 + plane) * channels + (o % channels)] =
        zeros[o] & worth ? -worth : worth;
    }
  }
  const planesOf = (row: number, o: number): number => (values[row + o] + zeros[o]) ^ zeros[o];
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c += GROUP) {
        const group = (x * paddedChannels + c) / GROUP;
        const row = ((tap * width + x) * inChannels + c) * outChannels;
        const whole = c + GROUP <= inChannels;
        for (let o = 0; o < outChannels; o++) {
          let first = 0;
          let second = 0;
          for (let bit = 0; bit < GROUP && (whole || c + bit < inChannels); bit++) {
            const planes = planesOf(row + bit * outChannels, o);
            first |= (planes & 1) << bit;
            second |= (planes >> 1) << bit;
          }
          const at = (((o >> 4) * taps + tap) * groups + group) * 32 + (o & 15);
          out[at] = first;
          out[at + 16] = second;
        }
      }
    }
  }
}
