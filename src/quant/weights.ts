/** Weights and biases to integers. */
import type { NamedArray, WeightedNode } from '../graph/types.ts';
import { affineParams, symmetricParams } from './affine.ts';
import { encodeFast } from './fast.ts';
import { statisticsOf, type Statistics } from './ranges/observer.ts';
import { rangeOf } from './ranges/ranges.ts';
import { rne } from '../base/rounding.ts';
import { qRange } from './schemes.ts';
import type { AffineParams, Bits, QuantizedWeights, QuantScheme } from './types.ts';

const f32 = Math.fround;
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Biases of up to this many steps leave the int32 accumulator room for its products. */
const BIAS_STEPS = 2 ** 30;

/**
 * Integer weights of one node at `bits`, by the scheme's granularity, symmetry and range method.
 * @param kernel conv [kh, kw, in, out] or linear [in, out]; the last axis is the output channel in both
 * @param smallestScale [out], a lower bound of each channel's scale: see {@link smallestScaleFor}
 * @throws RangeError at a weight that is not finite, naming the node
 */
export function quantizeWeights(
  node: WeightedNode,
  kernel: NamedArray,
  bits: Bits,
  scheme: QuantScheme['weights'],
  smallestScale?: Float32Array,
): Omit<QuantizedWeights, 'bias'> {
  const channels = kernel.shape[kernel.shape.length - 1];
  const perChannel = scheme.granularity === 'perChannel';
  const groups = perChannel ? channels : 1;
  const { qmin, qmax } = qRange(bits, scheme.symmetric);
  const statistics = statisticsOfGroups(node.name, kernel, perChannel);
  const scale = new Float32Array(groups);
  const zeroPoint = new Int32Array(groups);
  for (let g = 0; g < groups; g++) {
    const name = groupName(node.name, perChannel, g);
    const floor = smallestScale === undefined ? 0 : perChannel ? smallestScale[g] : Math.max(...smallestScale);
    const params = groupParams(statistics[g], qmin, qmax, scheme, floor, name);
    scale[g] = params.scale;
    zeroPoint[g] = params.zeroPoint;
  }
  const codes = qmin < 0 ? new Int8Array(kernel.data.length) : new Uint8Array(kernel.data.length);
  encodeFast(kernel.data, scale, zeroPoint, qmin, qmax, codes);
  return { bits, shape: kernel.shape, codes, qmin, qmax, scale, zeroPoint };
}

/**
 * Integer bias [out]: clamp(rne(bias[c] / (inputScale * weightScale[c]))) to int32, the product in float32.
 * @param weightScale one for the tensor or one for each output channel
 */
export function quantizeBias(bias: Float32Array, inputScale: number, weightScale: Float32Array): Int32Array {
  return Int32Array.from(bias, (b, c) => {
    const scale = f32(inputScale * weightScale[c % weightScale.length]);
    return b === 0 ? 0 : Math.min(Math.max(rne(f32(b / scale)), INT32.min), INT32.max);
  });
}

/**
 * The least weight scale [out] with which each bias fits int32: a nearly dead channel (weights of 1e-12 under a
 * bias of 0.1, as trained ResNets have) would otherwise saturate its bias and answer something else.
 */
export function smallestScaleFor(bias: Float32Array, inputScale: number): Float32Array {
  return bias.map((b) => Math.abs(b) / (inputScale * BIAS_STEPS));
}

/** What no bitwidth changes: kept as long as the kernel is, so that a slider pays for it once. */
const KNOWN = {
  tensor: new WeakMap<NamedArray, readonly Statistics[]>(),
  channels: new WeakMap<NamedArray, readonly Statistics[]>(),
};

/** Statistics of the whole kernel, or of each output channel. Arrays of weights are never changed in place. */
function statisticsOfGroups(layer: string, kernel: NamedArray, perChannel: boolean): readonly Statistics[] {
  const known = perChannel ? KNOWN.channels : KNOWN.tensor;
  const found = known.get(kernel);
  if (found) return found;
  const groups = perChannel ? kernel.shape[kernel.shape.length - 1] : 1;
  const values = perChannel ? channelsFirst(kernel.data, groups) : kernel.data;
  const size = values.length / groups;
  const made = Array.from({ length: groups }, (_, g) =>
    statisticsOf(values.subarray(g * size, (g + 1) * size), groupName(layer, perChannel, g)),
  );
  known.set(kernel, made);
  return made;
}

const groupName = (layer: string, perChannel: boolean, g: number): string =>
  `${layer}.kernel${perChannel ? `, output channel ${g}` : ''}`;

function groupParams(
  statistics: Statistics,
  qmin: number,
  qmax: number,
  scheme: QuantScheme['weights'],
  smallestScale: number,
  name: string,
): AffineParams {
  const { symmetric, range } = scheme;
  const { lo, hi } = rangeOf(range, statistics, { qmin, qmax, symmetric });
  const paramsOf = symmetric ? symmetricParams : affineParams;
  const params = paramsOf(lo, hi, qmin, qmax, name);
  if (params.scale >= smallestScale) return params;
  const stretch = smallestScale / params.scale;
  return paramsOf(lo * stretch, hi * stretch, qmin, qmax, name);
}

/** [.., out] to [out, ..]: each channel's weights side by side, 16 channels (a cache line) at a time. */
function channelsFirst(data: Float32Array, channels: number): Float32Array {
  const rows = data.length / channels;
  const result = new Float32Array(data.length);
  for (let start = 0; start < channels; start += 16) {
    const end = Math.min(start + 16, channels);
    for (let row = 0; row < rows; row++) {
      for (let c = start; c < end; c++) result[c * rows + row] = data[row * channels + c];
    }
  }
  return result;
}
