/** Where exactly a code's value lay before it was rounded, and how far float32 may have moved it: for suites that tell ties from bugs. */
import { lookUp } from '../../../base/lookUp.ts';
import { INPUT, type ConvNode, type TensorName } from '../../../graph/types.ts';
import { padsOf } from '../../../graph/window.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../../quant/types.ts';

/** In steps of the tensor's grid, without the zero point. */
export type Level = { readonly level: number; readonly bound: number };

type Sum = { total: number; magnitude: number; terms: number };

/** Half a unit in the last place of float32. */
const UNIT = 2 ** -24;

/** Roundings besides those of the sum: of scales and operands, the products, the division by the step, and the integers' own. */
const ROUNDINGS = 16;

/** A sum of n products errs by n units of the sum of their magnitudes at most, in any order (Higham 2002, 3.1). */
const boundOf = ({ magnitude, terms }: Sum): number => (terms + ROUNDINGS) * UNIT * magnitude;

const at = <T>(list: ArrayLike<T>, i: number): T => list[i % list.length];

/** Exact while the integers are: sum (qx - zx) (qw - zw) + qbias, and of magnitudes, at one place of a convolution's output. */
function convSum(
  { kernel, stride, padding, inChannels, outChannels }: ConvNode,
  x: Uint8Array,
  { zeroPoint }: ActivationParams,
  weights: QuantizedWeights,
  [height, width]: readonly number[],
  [outHeight, outWidth]: readonly number[],
  i: number,
): Sum {
  const { top, left } = padsOf({ padding });
  const c = i % outChannels;
  const pixel = Math.floor(i / outChannels);
  const [ox, oy, image] = [
    pixel % outWidth,
    Math.floor(pixel / outWidth) % outHeight,
    Math.floor(pixel / (outWidth * outHeight)),
  ];
  const sum = {
    total: weights.bias[c],
    magnitude: Math.abs(weights.bias[c]),
    terms: kernel[0] * kernel[1] * inChannels + 1,
  };
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const [y, xx] = [oy * stride - top + ky, ox * stride - left + kx];
      if (y < 0 || y >= height || xx < 0 || xx >= width) continue;
      for (let k = 0; k < inChannels; k++) {
        const weight =
          weights.codes[((ky * kernel[1] + kx) * inChannels + k) * outChannels + c] - at(weights.zeroPoint, c);
        const product = (x[((image * height + y) * width + xx) * inChannels + k] - zeroPoint) * weight;
        sum.total += product;
        sum.magnitude += Math.abs(product);
      }
    }
  }
  return sum;
}

const scaled = (sum: Sum, factor: number): Level => ({ level: sum.total * factor, bound: boundOf(sum) * factor });

/** The level of value i of a tensor, computed in float64 from the codes of what it is made of. */
export function levelOf(
  { graph, activations, weights }: QuantizedModel,
  shapes: ReadonlyMap<TensorName, readonly number[]>,
  tensor: TensorName,
  i: number,
  codes: ReadonlyMap<TensorName, Uint8Array>,
  images: Float32Array,
): Level {
  const grid = (name: TensorName): ActivationParams => lookUp(activations, name, 'grid');
  const real = (name: TensorName): number =>
    (lookUp(codes, name, 'codes')[i] - grid(name).zeroPoint) * grid(name).scale;
  const { scale } = grid(tensor);
  const node = graph.nodes.find(({ name }) => name === tensor);
  if (tensor === INPUT || !node)
    return scaled({ total: images[i], magnitude: Math.abs(images[i]), terms: 1 }, 1 / scale);
  switch (node.kind) {
    case 'conv': {
      const [from, to] = [node.input, tensor].map((name) => lookUp(shapes, name, 'shape'));
      const own = lookUp(weights, tensor, 'weights');
      const sum = convSum(node, lookUp(codes, node.input, 'codes'), grid(node.input), own, from, to, i);
      return scaled(sum, (grid(node.input).scale * at(own.scale, i % node.outChannels)) / scale);
    }
    case 'add': {
      const [p, q] = node.inputs.map(real);
      return scaled({ total: p + q, magnitude: Math.abs(p) + Math.abs(q), terms: 2 }, 1 / scale);
    }
    case 'globalAvgPool': {
      const [height, width, channels] = lookUp(shapes, node.input, 'shape');
      const [pixels, image] = [height * width, Math.floor(i / channels)];
      const x = lookUp(codes, node.input, 'codes');
      const sum = { total: 0, magnitude: 0, terms: pixels };
      for (let p = 0; p < pixels; p++) {
        const value = x[(image * pixels + p) * channels + (i % channels)] - grid(node.input).zeroPoint;
        sum.total += value;
        sum.magnitude += Math.abs(value);
      }
      return scaled(sum, grid(node.input).scale / (scale * pixels));
    }
    case 'maxPool':
    case 'avgPool':
    case 'linear':
      throw new Error(`${tensor}: a ${node.kind} rounds nothing.`);
  }
}

/** How far float32 may move each logit [n, classes] of the linear layer that ends the network. */
export function logitBounds(
  { graph, activations, weights }: QuantizedModel,
  codes: ReadonlyMap<TensorName, Uint8Array>,
): Float32Array {
  const node = graph.nodes[graph.nodes.length - 1];
  if (node.kind !== 'linear') throw new Error(`${node.name}: the last node is no classifier.`);
  const { inFeatures, outFeatures } = node;
  const { scale, zeroPoint } = lookUp(activations, node.input, 'grid');
  const own = lookUp(weights, node.name, 'weights');
  const x = lookUp(codes, node.input, 'codes');
  const bounds = new Float32Array((x.length / inFeatures) * outFeatures);
  return bounds.map((_, i) => {
    const [image, c] = [Math.floor(i / outFeatures), i % outFeatures];
    let magnitude = Math.abs(own.bias[c]);
    for (let k = 0; k < inFeatures; k++) {
      magnitude += Math.abs(
        (x[image * inFeatures + k] - zeroPoint) * (own.codes[k * outFeatures + c] - at(own.zeroPoint, c)),
      );
    }
    return boundOf({ total: 0, magnitude, terms: inFeatures + 1 }) * scale * at(own.scale, c);
  });
}
