/** A network trained on its grids, as the QuantizedModel that its integers are: the end of QAT, where PTQ ends too. */
import { namedArray } from '../graph/arrays.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import { lookUp } from '../graph/lookUp.ts';
import { INPUT } from '../graph/types.ts';
import type { ConvNode, LinearNode, TensorName, Weights } from '../graph/types.ts';
import { rangeOf } from '../quant/ranges.ts';
import { affineParams, quantizeValue, symmetricParams } from '../quant/affine.ts';
import { statisticsOf } from '../quant/observer.ts';
import { activationBitsOf, qRange, quantizedAt, weightBitsOf } from '../quant/schemes.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { quantizeBias, smallestScaleFor } from '../quant/weights.ts';
import { foldFactors, readVariables, type QatNetwork } from './qatNetwork.ts';
import type { QuantLayer } from './quantLayers.ts';
import { LEAST_STEP } from './steps.ts';

const arrayOf = (arrays: Weights, name: string): Float32Array => namedArray(arrays, name).data;

/** The last step and zero point of a tensor's grid. */
function gridOfTensor(arrays: Weights, network: QatNetwork, tensor: TensorName): ActivationParams {
  const bits = activationBitsOf(network.scheme, network.graph, tensor);
  const { qmin, qmax } = qRange(bits, false);
  const scale = Math.max(arrayOf(arrays, `${tensor}.scale`)[0], Math.fround(LEAST_STEP));
  return { bits, qmin, qmax, scale, zeroPoint: arrayOf(arrays, `${tensor}.zeroPoint`)[0] };
}

/** The steps and zero points of a layer's weights in units of the folded kernel, one for the tensor or each channel. */
function foldedSteps(
  arrays: Weights, node: ConvNode | LinearNode, network: QatNetwork, folded: Float32Array, qmin: number, qmax: number,
): { scale: Float32Array; zeroPoint: Int32Array } {
  const { name } = node;
  const layer = network.layers.get(name) as QuantLayer;
  const groups = arrayOf(arrays, `${name}.weightScale`).length;
  if (layer.weightGrid.ranges === 'minmax') {
    const params = Array.from({ length: groups }, (_, g) => {
      const { lo, hi } = rangeOf('minmax', statisticsOf(folded.filter((_w, i) => i % groups === g), name), { qmin, qmax, symmetric: qmin < 0 });
      return (qmin < 0 ? symmetricParams : affineParams)(lo, hi, qmin, qmax, name);
    });
    return { scale: Float32Array.from(params, ({ scale }) => scale), zeroPoint: Int32Array.from(params, ({ zeroPoint }) => zeroPoint) };
  }
  // The folded graph's nodes have no batch norm left to ask for.
  const unfolded = network.graph.nodes.find((candidate) => candidate.name === name);
  const factors = groups > 1 && unfolded?.kind === 'conv' ? foldFactors(unfolded, arrays) : null;
  const scale = arrayOf(arrays, `${name}.weightScale`).map((step, c) => Math.max(step, LEAST_STEP) * (factors ? factors[c] : 1));
  return { scale, zeroPoint: Int32Array.from(arrayOf(arrays, `${name}.weightZeroPoint`)) };
}

/** Codes of a folded kernel on its learned grid; a step too small for the bias to fit int32 is enlarged first. */
function quantizedWeights(
  arrays: Weights, node: ConvNode | LinearNode, network: QatNetwork, weights: Weights, inputScale: number,
): QuantizedWeights {
  const kernel = namedArray(weights, `${node.name}.kernel`);
  const bias = arrayOf(weights, `${node.name}.bias`);
  const bits = weightBitsOf(network.scheme, network.graph, node);
  const { qmin, qmax } = qRange(bits, network.scheme.weights.symmetric);
  const { scale, zeroPoint } = foldedSteps(arrays, node, network, kernel.data, qmin, qmax);
  const groups = scale.length;
  smallestScaleFor(bias, inputScale).forEach((least, c) => (scale[c % groups] = Math.max(scale[c % groups], least)));
  const codes = qmin < 0 ? new Int8Array(kernel.data.length) : new Uint8Array(kernel.data.length);
  kernel.data.forEach((w, i) => {
    const g = i % groups;
    codes[i] = quantizeValue(w, { scale: scale[g], zeroPoint: zeroPoint[g], qmin, qmax });
  });
  return { bits, shape: kernel.shape, codes, qmin, qmax, scale, zeroPoint, bias: quantizeBias(bias, inputScale, scale) };
}

/**
 * Folds the batch norms (running statistics) and reads the codes off the learned grids.
 * @throws naming the variable whose value is not finite
 */
export async function toQuantizedModel(network: QatNetwork): Promise<QuantizedModel> {
  const arrays = await readVariables(network);
  for (const [name, { data }] of arrays) {
    if (!data.every(Number.isFinite)) throw new Error(`${name} is not finite after training: lower the learning rate.`);
  }
  const { graph, weights } = foldBatchNorm(network.graph, arrays);
  const tensors = [INPUT, ...graph.nodes.filter(({ kind }) => kind !== 'linear').map(({ name }) => name)];
  const activations = new Map(tensors.map((tensor) => [tensor, gridOfTensor(arrays, network, quantizedAt(graph, tensor))]));
  const quantized = new Map<TensorName, QuantizedWeights>();
  for (const node of graph.nodes) {
    if (node.kind !== 'conv' && node.kind !== 'linear') continue;
    quantized.set(node.name, quantizedWeights(arrays, node, network, weights, lookUp(activations, node.input, 'grid').scale));
  }
  const { scheme, normalization, classes } = network;
  return { graph, scheme, normalization, classes, activations, weights: quantized };
}
