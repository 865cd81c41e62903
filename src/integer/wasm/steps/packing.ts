/** Weights in the order in which a kernel reads them; what fills up is zero. */
import { KERNELS, type ConvKernel } from '../kernels.ts';
import { roundUp } from '../plan.ts';

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
 * Float32 [blocks, taps, run, 8]: the 8 channels of a block side by side. Integers are packed in WebAssembly (assembly/pack.ts).
 * @param values [taps, width, in, out]
 * @param out zeros
 */
export function packFloats(values: Float32Array, packing: Packing, out: Float32Array): void {
  const { taps, width, inChannels, paddedChannels, outChannels } = packing;
  const { channels } = KERNELS.float32;
  const run = runOf('float32', packing);
  const blockSize = taps * run * channels;
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c++) {
        const row = ((tap * width + x) * inChannels + c) * outChannels;
        let at = (tap * run + x * paddedChannels + c) * channels;
        for (let first = 0; first < outChannels; first += channels, at += blockSize) {
          const last = Math.min(outChannels, first + channels);
          for (let o = first, to = at; o < last; o++, to++) out[to] = values[row + o];
        }
      }
    }
  }
}

/**
 * What the bits of a look-up's planes are worth, int16 [blocks, 2 planes, 16]. A weight is the sum of its planes' bits times what a
 * plane is worth: with zero point z, plane j is worth -2^j where bit j of z is set and 2^j elsewhere, and its bit is that of
 * code XOR z. So any z from 0 to 3 goes (two's complement is z = 2).
 * @param zeroOf the zero point of the channel's codes when counted from 0
 */
export function coefficientsOf(packing: Packing, zeroOf: (channel: number) => number): Int16Array {
  const { channels } = KERNELS.lookUp;
  const coefficients = new Int16Array(coefficientBytes(packing) / 2);
  for (let o = 0; o < packing.outChannels; o++) {
    for (const plane of [0, 1]) {
      const worth = 1 << plane;
      coefficients[(Math.floor(o / channels) * 2 + plane) * channels + (o % channels)] =
        zeroOf(o) & worth ? -worth : worth;
    }
  }
  return coefficients;
}
