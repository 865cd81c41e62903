/** Records of the layers without weights, and of the network's input. */
import { boundsOf } from '../../../graph/activations.ts';
import { padsOf } from '../../../graph/window.ts';
import type { Activation, AddNode, AvgPoolNode, MaxPoolNode, Window } from '../../../graph/types.ts';
import type { ActivationParams, AffineParams } from '../../../quant/types.ts';
import { isWhole } from '../../reference/pool.ts';
import type { Placed } from '../plan.ts';
import { STEP_KINDS, type StepRecord } from './record.ts';

const f32 = Math.fround;

/** Channels with their padding. */
const paddedChannels = ({ pixelBytes }: Placed, isFloat: boolean): number => pixelBytes / (isFloat ? 4 : 1);

const out = (output: Placed): StepRecord => ({ out: output.at + output.inside, outRow: output.rowBytes });
const a = (input: Placed): StepRecord => ({
  a: input.at + input.inside,
  aRow: input.rowBytes,
  height: input.height,
  width: input.width,
});
const onto = (grid: ActivationParams | null): StepRecord =>
  grid ? { zeroPoint: grid.zeroPoint, qmax: grid.qmax, scale: grid.scale } : { isFloat: 1 };

/** @param grid the input's; null in float32 */
export function inputRecord(
  kind: 'quantize' | 'pixels',
  input: Placed,
  staging: number,
  second: number,
  grid: ActivationParams | null,
): StepRecord {
  return {
    kind: STEP_KINDS[kind],
    ...onto(grid),
    ...out(input),
    a: staging,
    b: second,
    height: input.height,
    width: input.width,
    imageChannels: input.channels,
    channels: paddedChannels(input, grid === null),
  };
}

export function addRecord(
  node: AddNode,
  first: Placed,
  second: Placed,
  output: Placed,
  grids: { readonly a: ActivationParams; readonly b: ActivationParams; readonly sum: ActivationParams } | null,
): StepRecord {
  const places = {
    ...a(first),
    ...out(output),
    b: second.at + second.inside,
    bRow: second.rowBytes,
    channels: paddedChannels(output, grids === null),
  };
  const kind = STEP_KINDS.add;
  if (!grids) return { ...places, kind, ...floatBounds(node.activation) };
  return {
    ...places,
    kind,
    ...onto(grids.sum),
    scaleA: grids.a.scale,
    scaleB: grids.b.scale,
    zeroA: grids.a.zeroPoint,
    zeroB: grids.b.zeroPoint,
  };
}

/** What a float layer's activation lets through. */
export function floatBounds(activation: Activation | null): StepRecord {
  const [low, high] = boundsOf(activation);
  return { isFloat: 1, low, high };
}

export function maxPoolRecord(
  { kernel, stride, padding }: MaxPoolNode,
  input: Placed,
  output: Placed,
  isFloat: boolean,
): StepRecord {
  return {
    ...pooling({ kernel, stride, padding }, input, output, isFloat),
    kind: STEP_KINDS.maxPool,
  };
}

/** An average over windows as pool.ts has it; one whose window is the whole image is a global average. */
export function averagePoolRecord(
  node: AvgPoolNode,
  input: Placed,
  output: Placed,
  grids: { readonly input: ActivationParams; readonly output: ActivationParams } | null,
): StepRecord {
  if (isWhole(node, [input.height, input.width])) return averageRecord(input, output, grids);
  const record = { ...pooling(node, input, output, grids === null), kind: STEP_KINDS.averagePool };
  if (!grids) return record;
  const { zeroPoint, qmax, scale } = grids.output;
  return { ...record, zeroPoint, qmax, scaleOut: scale, scaleIn: grids.input.scale, zeroIn: grids.input.zeroPoint };
}

function pooling({ kernel, stride, padding }: Window, input: Placed, output: Placed, isFloat: boolean): StepRecord {
  const { top, left } = padsOf({ padding });
  return {
    isFloat: isFloat ? 1 : 0,
    ...a(input),
    ...out(output),
    channels: paddedChannels(output, isFloat),
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    stride,
    padding: top,
    paddingLeft: left,
    outHeight: output.height,
    outWidth: output.width,
  };
}

/** The integer average as pool.ts has it: f32(sx / f32(sy * pixels)). */
export function averageRecord(
  input: Placed,
  output: Placed,
  grids: { readonly input: ActivationParams; readonly output: ActivationParams } | null,
): StepRecord {
  const pixels = input.height * input.width;
  const places = {
    kind: STEP_KINDS.average,
    ...a(input),
    ...out(output),
    channels: paddedChannels(output, grids === null),
  };
  if (!grids) return { ...places, isFloat: 1, factor: 1 / pixels };
  const { zeroPoint, qmax, scale } = grids.output;
  return {
    ...places,
    zeroPoint,
    qmax,
    zeroA: grids.input.zeroPoint,
    factor: f32(grids.input.scale / f32(scale * pixels)),
  };
}

/** A float tensor on a grid, as float32; `output` may be the input itself. */
export function roundRecord(input: Placed, output: Placed, grid: AffineParams): StepRecord {
  return {
    kind: STEP_KINDS.round,
    ...a(input),
    ...out(output),
    channels: paddedChannels(input, true),
    zeroPoint: grid.zeroPoint,
    qmax: grid.qmax,
    scale: grid.scale,
  };
}
