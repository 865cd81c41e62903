/** Where weights are looked at and packed, a layer at a time: a memory of its own, so that a network's holds what it needs and no more. */
import type { QuantizedWeights } from '../../../quant/types.ts';
import { perChannel } from '../../reference/weights.ts';
import { areaFrom } from '../area.ts';
import { KERNELS, type IntegerKernel } from '../kernels.ts';
import { coefficientsOf, packedBytes, runOf, type Packing } from '../steps/packing.ts';
import { instantiate, moduleOf } from '../host/processor.ts';

const PAGE = 65536;

/** A layer's weights less their zero point, in the workshop until the next layer comes. */
export type CentredWeights = {
  readonly least: number;
  readonly most: number;
  /** Sums of the weights above zero and of those below (as positive numbers), int32 [out]. */
  readonly above: Int32Array;
  readonly below: Int32Array;
  /** Whether the sums of `depth` groups lie within the bound in every lane: see assembly/pack.ts. */
  readonly sumsFit: (depth: number, bound: number) => boolean;
  /** The weights as the kernel reads them, to be copied. */
  readonly packed: (kernel: IntegerKernel) => Uint8Array;
  /** What a plane's bit is worth in each channel, for look-ups: int16 [blocks, 2, 16]. */
  readonly coefficients: () => Int16Array;
};

export type Workshop = (weights: QuantizedWeights, packing: Packing) => CentredWeights;

let workshop: Workshop | null = null;

/** The one workshop: memories are dear to make, and a layer's weights do not stay. */
export const theWorkshop = (): Workshop => (workshop ??= openWorkshop());

function openWorkshop(): Workshop {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const exports = instantiate(moduleOf({ relaxed: false, shared: false }), memory);

  return ({ codes, zeroPoint, qmin }, packing) => {
    const { taps, width, inChannels, paddedChannels, outChannels } = packing;
    const rows = codes.length / outChannels;
    const area = areaFrom(PAGE);
    const codesAt = area.take(codes.length);
    const valuesAt = area.take(2 * codes.length);
    const zerosAt = area.take(2 * outChannels);
    const aboveAt = area.take(8 * outChannels);
    const belowAt = area.take(8 * outChannels);
    const packedAt = area.take(0);
    grow(memory, packedAt);
    new Uint8Array(memory.buffer, codesAt, codes.length).set(codes);
    const zeros = (from: number): void => {
      const at = new Int16Array(memory.buffer, zerosAt, outChannels);
      for (let o = 0; o < outChannels; o++) at[o] = perChannel(zeroPoint, o) - from;
    };
    zeros(0);
    exports.centre(codesAt, codes instanceof Int8Array, zerosAt, rows, outChannels, valuesAt);
    exports.channelSums(valuesAt, rows, outChannels, aboveAt, belowAt);
    const both = exports.extremes(valuesAt, codes.length);
    return {
      least: (both << 16) >> 16,
      most: both >> 16,
      above: new Int32Array(memory.buffer, aboveAt, outChannels).slice(),
      below: new Int32Array(memory.buffer, belowAt, outChannels).slice(),
      sumsFit: (depth, bound) =>
        Boolean(
          exports.sumsFit(
            valuesAt,
            taps,
            width,
            inChannels,
            paddedChannels,
            outChannels,
            depth,
            bound,
            aboveAt,
            belowAt,
          ),
        ),
      packed(kernel) {
        const bytes = packedBytes(kernel, packing);
        grow(memory, packedAt + bytes);
        const out = new Uint8Array(memory.buffer, packedAt, bytes).fill(0);
        const run = runOf(kernel, packing);
        if (kernel === 'lookUp') {
          zeros(qmin);
          exports.packLookUp(
            valuesAt,
            zerosAt,
            taps,
            width,
            inChannels,
            paddedChannels,
            outChannels,
            run / KERNELS.lookUp.group,
            packedAt,
          );
        } else {
          exports.packDot(
            valuesAt,
            taps,
            width,
            inChannels,
            paddedChannels,
            outChannels,
            run,
            KERNELS[kernel].group,
            kernel === 'int16',
            packedAt,
          );
        }
        return out;
      },
      coefficients: () => coefficientsOf(packing, (channel) => perChannel(zeroPoint, channel) - qmin),
    };
  };
}

function grow(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
