/** Post-training quantization: a float model, its calibration and a scheme make a quantized model. */
import { alive } from '../base/work/life.ts';
import { quantizedTensors } from '../graph/grids.ts';
import { isWeighted } from '../graph/shapes.ts';
import { type FloatModel, type Graph, type NamedArray, type TensorName, type Weights } from '../graph/types.ts';
import { affineParams } from '../quant/affine.ts';
import { refuseIfNotFinite } from '../quant/ranges/observer.ts';
import { rangeOf } from '../quant/ranges/ranges.ts';
import {
  activationBitsOf,
  activationRangeOf,
  qRange,
  quantizedAt,
  weightBitsOf,
  weightRangeOf,
} from '../quant/schemes.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights, QuantScheme } from '../quant/types.ts';
import { quantizeBias, quantizeWeights, smallestScaleFor } from '../quant/weights.ts';
import { requireFolded, type Calibration } from './calibration.ts';

/**
 * Quantizes a folded model by `scheme`. Pure and fast (no network is run): a slider may call it on every move.
 * @throws Error naming the tensor that the calibration or the weights lack, or a node that is not folded;
 *   RangeError naming a tensor whose values are not finite
 */
export function quantizeModel(model: FloatModel, calibration: Calibration, scheme: QuantScheme): QuantizedModel {
  const { graph, normalization, classes } = model;
  requireFolded(graph);
  const activations = activationParams(graph, calibration, scheme);
  const weights = new Map<TensorName, QuantizedWeights>();
  for (const node of graph.nodes) {
    if (!isWeighted(node)) continue;
    alive();
    const kernel = arrayOf(model.weights, `${node.name}.kernel`);
    const bias = arrayOf(model.weights, `${node.name}.bias`).data;
    refuseIfNotFinite(bias, `${node.name}.bias`);
    const inputScale = paramsOf(activations, node.input).scale;
    const bits = weightBitsOf(scheme, graph, node);
    const rules = { ...scheme.weights, range: weightRangeOf(scheme, node) };
    const quantized = quantizeWeights(node, kernel, bits, rules, smallestScaleFor(bias, inputScale));
    weights.set(node.name, { ...quantized, bias: quantizeBias(bias, inputScale, quantized.scale) });
  }
  return { graph, scheme, normalization, classes, activations, weights };
}

/** The grid of every activation; a max pool repeats its input's. */
function activationParams(
  graph: Graph,
  calibration: Calibration,
  scheme: QuantScheme,
): ReadonlyMap<TensorName, ActivationParams> {
  const params = new Map<TensorName, ActivationParams>();
  for (const tensor of quantizedTensors(graph)) {
    alive();
    const source = quantizedAt(graph, tensor);
    params.set(tensor, params.get(source) ?? ownParams(graph, calibration, scheme, tensor));
  }
  return params;
}

function ownParams(graph: Graph, calibration: Calibration, scheme: QuantScheme, tensor: TensorName): ActivationParams {
  const statistics = calibration.statistics.get(tensor);
  if (!statistics) throw new Error(`${tensor}: it was not calibrated; calibrate this very network first.`);
  const bits = activationBitsOf(scheme, graph, tensor);
  const { qmin, qmax } = qRange(bits, false);
  const { lo, hi } = rangeOf(activationRangeOf(scheme, tensor), statistics, { qmin, qmax, symmetric: false });
  return { ...affineParams(lo, hi, qmin, qmax, tensor), bits };
}

function paramsOf(activations: ReadonlyMap<TensorName, ActivationParams>, tensor: TensorName): ActivationParams {
  const params = activations.get(tensor);
  if (!params) throw new Error(`${tensor}: a node reads it, but it is no activation of this network.`);
  return params;
}

function arrayOf(weights: Weights, name: string): NamedArray {
  const array = weights.get(name);
  if (!array) throw new Error(`${name}: the model has no such weights.`);
  return array;
}
