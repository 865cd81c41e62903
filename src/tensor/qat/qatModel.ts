/** A network trained on its grids, as the QuantizedModel that its integers are: the end of QAT, where PTQ ends too. */
import { namedArray } from '../../graph/arrays.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { lookUp } from '../../base/lookUp.ts';
import { quantizedTensors } from '../../graph/grids.ts';
import { isWeighted } from '../../graph/shapes.ts';
import type { TensorName, WeightedNode, Weights } from '../../graph/types.ts';
import { rangeOf } from '../../quant/ranges/ranges.ts';
import { affineParams, quantizeValue, symmetricParams } from '../../quant/affine.ts';
import { statisticsOf } from '../../quant/ranges/observer.ts';
import { activationBitsOf, qRange, quantizedAt, weightBitsOf } from '../../quant/schemes.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { quantizeBias, smallestScaleFor } from '../../quant/weights.ts';
import { foldFactors } from './qatLayers.ts';
import { readVariables, type QatNetwork } from './qatNetwork.ts';
import type { QuantLayer } from '../layers/quantLayers.ts';
import { LEAST_STEP } from '../layers/steps.ts';

const arrayOf = (arrays: Weights, name: string): Float32Array => namedArray(arrays, name).data;

/** The last step and zero point of a tensor's grid. */
function gridOfTensor(arrays: Weights, network: QatNetwork, tensor: TensorName): ActivationParams {
  const bits = activationBitsOf(network.scheme, network.graph, tensor);
  const { qmin, qmax } = qRange(bits, false);
  const scale = Math.max(arrayOf(arrays, `${tensor}.scale`)[0], Math.fround(LEAST_STEP));
  return { bits, qmin, qmax, scale, zeroPoint: arrayOf(arrays, `${tensor}.zeroPoint`)[0] };
}

type Steps = { readonly scale: Float32Array; readonly zeroPoint: Int32Array };

/** A layer's grid of weights, one for the tensor or each channel, in units of the kernel that it puts on it. */
function weightSteps(
  arrays: Weights,
  name: string,
  layer: QuantLayer,
  kernel: Float32Array,
  qmin: number,
  qmax: number,
): Steps {
  const last = arrayOf(arrays, `${name}.weightScale`);
  if (layer.weightGrid.ranges !== 'minmax') {
    return {
      scale: last.map((step) => Math.max(step, LEAST_STEP)),
      zeroPoint: Int32Array.from(arrayOf(arrays, `${name}.weightZeroPoint`)),
    };
  }
  const params = Array.from(last, (_, g) => {
    const { lo, hi } = rangeOf(
      'minmax',
      statisticsOf(
        kernel.filter((_w, i) => i % last.length === g),
        name,
      ),
      { qmin, qmax, symmetric: qmin < 0 },
    );
    return (qmin < 0 ? symmetricParams : affineParams)(lo, hi, qmin, qmax, name);
  });
  return {
    scale: Float32Array.from(params, ({ scale }) => scale),
    zeroPoint: Int32Array.from(params, ({ zeroPoint }) => zeroPoint),
  };
}

/**
 * Codes of a kernel on its grid, by the layer's own division, so that no weight rounds otherwise than it did in
 * training; a step too small for the bias to fit int32 is enlarged first.
 */
function quantizedWeights(
  arrays: Weights,
  node: WeightedNode,
  network: QatNetwork,
  folded: Weights,
  inputScale: number,
): QuantizedWeights {
  const { name } = node;
  const { scheme, graph, layers } = network;
  const bits = weightBitsOf(scheme, network.graph, node);
  const { qmin, qmax } = qRange(bits, scheme.weights.symmetric);
  // The folded graph's nodes have no batch norm left to ask for.
  const unfolded = graph.nodes.find((candidate) => candidate.name === name);
  const groups = arrayOf(arrays, `${name}.weightScale`).length;
  const factors = groups > 1 && unfolded && 'batchNorm' in unfolded ? foldFactors(unfolded, arrays) : null;
  const { data: foldedKernel, shape } = namedArray(folded, `${name}.kernel`);
  const signs = factors && arrayOf(arrays, `${name}.gamma`).map((gamma) => (gamma < 0 ? -1 : 1));
  const kernel = signs ? arrayOf(arrays, `${name}.kernel`).map((w, i) => w * signs[i % groups]) : foldedKernel;

  const { scale: steps, zeroPoint } = weightSteps(
    arrays,
    name,
    lookUp(layers, name, 'layer') as QuantLayer,
    kernel,
    qmin,
    qmax,
  );
  const scale = factors ? steps.map((step, c) => step * factors[c]) : steps.slice();
  const bias = arrayOf(folded, `${name}.bias`);
  smallestScaleFor(bias, inputScale).forEach((least, c) => {
    const g = c % groups;
    if (scale[g] >= least) return;
    steps[g] *= least / scale[g];
    scale[g] = least;
  });
  const codes = qmin < 0 ? new Int8Array(kernel.length) : new Uint8Array(kernel.length);
  kernel.forEach((w, i) => {
    const g = i % groups;
    codes[i] = quantizeValue(w, { scale: steps[g], zeroPoint: zeroPoint[g], qmin, qmax });
  });
  return { bits, shape, codes, qmin, qmax, scale, zeroPoint, bias: quantizeBias(bias, inputScale, scale) };
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
  const tensors = quantizedTensors(graph);
  const activations = new Map(
    tensors.map((tensor) => [tensor, gridOfTensor(arrays, network, quantizedAt(graph, tensor))]),
  );
  const quantized = new Map<TensorName, QuantizedWeights>();
  for (const node of graph.nodes) {
    if (!isWeighted(node)) continue;
    quantized.set(
      node.name,
      quantizedWeights(arrays, node, network, weights, lookUp(activations, node.input, 'grid').scale),
    );
  }
  const { scheme, normalization, classes } = network;
  return { graph, scheme, normalization, classes, activations, weights: quantized };
}
