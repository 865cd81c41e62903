/** A convolution's record, and what it points to: where each output pixel's window begins, packed weights, bias, multipliers. */
import { padsOf } from '../../../graph/window.ts';
import { requantizeMultiplier } from '../../reference/conv.ts';
import type { ActivationParams, QuantizedWeights } from '../../../quant/types.ts';
import { perChannel } from '../../reference/weights.ts';
import type { Area } from '../area.ts';
import type { Candidate } from '../choice/candidates.ts';
import { KERNELS, type ConvKernel } from '../kernels.ts';
import type { Window } from './layers.ts';
import { blocksOf, coefficientBytes, packedBytes, packFloats, runOf, type Packing } from './packing.ts';
import { roundUp, SLACK, type Placed } from '../plan.ts';
import { STEP_KINDS, type StepRecord } from './record.ts';
import type { CentredWeights } from '../choice/workshop.ts';

const f32 = Math.fround;

/** Bytes of the image that all channels pass over while it stays in the nearest cache. */
const BAND_BYTES = 24 * 1024;
/** A band of fewer pixels would read the weights too often. */
const LEAST_BAND = 60;
/** Rows of the offsets behind the last pixel: the last block of pixels computes it again. */
const SPARE_PIXELS = 8;

export function packingOf({ kernel, inChannels, outChannels }: Window, input: Placed, elementBytes: number): Packing {
  return {
    taps: kernel[0],
    width: kernel[1],
    inChannels,
    paddedChannels: input.pixelBytes / elementBytes,
    outChannels,
  };
}

export type Offsets = { readonly at: number; readonly values: Uint32Array };

/** For each output pixel where its window begins in `input` and where it goes in `output`: pairs of byte offsets, the last repeated. */
export function offsetsOf({ stride, padding }: Window, input: Placed, output: Placed): Uint32Array {
  const pixels = output.height * output.width;
  const values = new Uint32Array(2 * (pixels + SPARE_PIXELS));
  const { top, left } = padsOf({ padding });
  const shift = (input.padding - top) * input.rowBytes + (input.padding - left) * input.pixelBytes;
  for (let i = 0; i < pixels + SPARE_PIXELS; i++) {
    const pixel = Math.min(i, pixels - 1);
    const [y, x] = [Math.floor(pixel / output.width), pixel % output.width];
    values[2 * i] = shift + y * stride * input.rowBytes + x * stride * input.pixelBytes;
    values[2 * i + 1] = output.inside + y * output.rowBytes + x * output.pixelBytes;
  }
  return values;
}

/** What both kinds of number have in common. `offsets`, `image`, weights, bias and multiplier are still to come. */
export function convRecord(
  kernel: ConvKernel,
  window: Window,
  packing: Packing,
  input: Placed,
  output: Placed,
): StepRecord {
  const { pixels: unit, spread } = KERNELS[kernel];
  const bytes = kernel === 'float32' ? 4 : spread;
  const pixelCount = output.height * output.width;
  const blocks = blocksOf(kernel, packing);
  const run = runOf(kernel, packing) * bytes;
  const rowOfOutput = window.stride * input.rowBytes * spread;
  const band = Math.max(LEAST_BAND, Math.round((BAND_BYTES / rowOfOutput) * output.width));
  return {
    kind: STEP_KINDS.conv,
    isFloat: kernel === 'float32' ? 1 : 0,
    kernel: KERNELS[kernel].id,
    source: input.at,
    out: output.at,
    pixelCount,
    band: roundUp(band, unit),
    blockPixels: unit,
    imageRow: input.rowBytes * spread,
    taps: packing.taps,
    run,
    blocks,
    outChannels: packing.outChannels,
    isLogits: window.isClassifier ? 1 : 0,
    // Threads share what is larger: pixels, or channels where there are few pixels and many weights.
    byBlocks: pixelCount < 8 * unit || packedBytes(kernel, packing) > 2 * input.bytes * spread ? 1 : 0,
  };
}

/** Where the parts of a layer with weights lie. */
export type WeightAreas = {
  readonly weights: number;
  readonly bias: number;
  readonly multiplier: number;
  readonly coefficients: number;
};

export function weightAreas(kernel: ConvKernel, packing: Packing, area: Area): WeightAreas {
  const channels = roundUp(packing.outChannels, KERNELS.lookUp.channels);
  return {
    weights: area.take(packedBytes(kernel, packing)),
    bias: area.take(4 * channels),
    multiplier: area.take(4 * channels),
    coefficients: kernel === 'lookUp' ? area.take(coefficientBytes(packing)) : 0,
  };
}

/** Fills the areas; the memory is zero before. */
export function writeIntegerWeights(
  memory: WebAssembly.Memory,
  areas: WeightAreas,
  { kernel, flipped }: Candidate,
  centred: CentredWeights,
  weights: QuantizedWeights,
  input: ActivationParams,
  output: ActivationParams | null,
): void {
  const { buffer } = memory;
  const outChannels = weights.bias.length;
  new Uint8Array(buffer).set(centred.packed(kernel), areas.weights);
  if (kernel === 'lookUp') {
    const coefficients = centred.coefficients();
    new Int16Array(buffer, areas.coefficients, coefficients.length).set(coefficients);
  }
  // sum of (x - zero) * w = sum of x * w - zero * sum of w, wrapping as int32 does.
  const zero = input.zeroPoint - (flipped ? 128 : 0);
  new Int32Array(buffer, areas.bias, outChannels).set(
    weights.bias.map((bias, o) => (bias - zero * (centred.above[o] - centred.below[o])) | 0),
  );
  const multiplier = output
    ? requantizeMultiplier(input, weights, output, outChannels)
    : Float32Array.from({ length: outChannels }, (_, o) => f32(input.scale * perChannel(weights.scale, o)));
  new Float32Array(buffer, areas.multiplier, outChannels).set(multiplier);
}

export function writeFloatWeights(
  memory: WebAssembly.Memory,
  areas: WeightAreas,
  packing: Packing,
  kernel: Float32Array,
  bias: Float32Array,
): void {
  packFloats(kernel, packing, new Float32Array(memory.buffer, areas.weights, packedBytes('float32', packing) / 4));
  new Float32Array(memory.buffer, areas.bias, packing.outChannels).set(bias);
}

export function framed(output: Placed, value: number): StepRecord {
  if (output.padding === 0) return {};
  return {
    frame: output.at,
    frameRows: output.height,
    frameRowBytes: output.rowBytes,
    frameTopBytes: output.inside,
    frameSideBytes: 2 * output.padding * output.pixelBytes,
    frameValue: value,
  };
}

/** Bytes that a prepared image takes, or 0 where the kernel reads the codes themselves. */
export const preparedBytes = ({ kernel, flipped }: Candidate, input: Placed): number =>
  KERNELS[kernel].spread > 1 || flipped ? (input.bytes + SLACK) * KERNELS[kernel].spread : 0;
