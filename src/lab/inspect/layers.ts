/** Layers looked at one by one: what the network is made of, and what a scheme makes of each part. */
import type { Calibration } from '../../calibrate/calibration.ts';
import { activationSqnr, weightSqnr } from '../../calibrate/noise.ts';
import { graphCost } from '../../graph/cost.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf, isWeighted, nodeArrays } from '../../graph/shapes.ts';
import type { FloatModel, Graph, TensorName, WeightedNode } from '../../graph/types.ts';
import { sqnr } from '../../quant/error.ts';
import { quantizedAt } from '../../quant/schemes.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { channelOf, extremesOf } from './channels.ts';
import type { Stages } from '../stages/stages.ts';
import type { LayerChannels, LayerInfo, LayerNoise, Layers } from '../../contract/calls/inspect.ts';
import { modelFor } from '../stages/repairs.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** @throws naming the layer when it carries no weights, or the graph has none of this name */
export function weightedNode(graph: Graph, layer: TensorName): WeightedNode {
  const node = graph.nodes.find(({ name }) => name === layer);
  if (!node) throw new Error(`${graph.name} has no layer named ${layer}.`);
  if (!isWeighted(node))
    throw new Error(`${layer} is of kind ${node.kind}: it carries no weights. Choose a convolution or the classifier.`);
  return node;
}

/** INPUT and every node, in the graph's order; with what the settings' scheme makes of each, unless they are float32's. */
export async function describeLayers(stages: Stages, settings: RunSettings, control: Control = {}): Promise<Layers> {
  const { model } = await stages.subject(settings);
  const { quantized } = await stages.make(settings, control);
  const noise =
    quantized && noiseOf(modelFor(model, quantized.scheme), quantized, await stages.calibrated(settings, control));
  const costs = new Map(graphCost(model.graph).nodes.map((cost) => [cost.name, cost]));
  const nodes = new Map(model.graph.nodes.map((node) => [node.name, node]));
  const layers = [...inferShapes(model.graph)].map(([name, shape]): LayerInfo => {
    const node = nodes.get(name);
    const cost = costs.get(name);
    return {
      name,
      kind: node?.kind ?? 'input',
      inputs: node ? inputsOf(node) : [],
      shape,
      kernelShape: node && isWeighted(node) ? lookUp(nodeArrays(node), 'kernel', 'shape') : null,
      parameters: cost ? cost.kernel + cost.vectors : 0,
      macs: cost?.macs ?? 0,
      quantized: noise ? noise(name) : null,
    };
  });
  return { settings, layers };
}

function noiseOf(
  model: FloatModel,
  quantized: QuantizedModel,
  { statistics }: Calibration,
): (name: TensorName) => LayerNoise {
  const own = dequantizedWeights(quantized);
  return (name) => {
    const weights = quantized.weights.get(name);
    const activation = quantized.activations.get(name) ?? null;
    const kernel = (arrays: FloatModel['weights']): Float32Array => lookUp(arrays, `${name}.kernel`, 'array').data;
    return {
      weightBits: weights?.bits ?? null,
      weightSqnr: weights ? weightSqnr(kernel(model.weights), kernel(own)) : null,
      weightScales: weights ? extremesOf(weights.scale) : null,
      activation,
      activationSqnr:
        activation && activationSqnr(lookUp(statistics, quantizedAt(model.graph, name), 'statistics'), activation),
    };
  };
}

/** The output channels of one layer's weights. @throws when the settings are float32's, or the layer carries no weights */
export async function describeChannels(
  stages: Stages,
  settings: RunSettings,
  layer: TensorName,
  control: Control = {},
): Promise<LayerChannels> {
  const { model } = await stages.subject(settings);
  weightedNode(model.graph, layer);
  const { quantized } = await stages.make(settings, control);
  if (!quantized) throw new Error(`${layer} has no grid in 32-bit float: choose a bitwidth.`);
  const { bits, qmin, qmax, scale, zeroPoint } = lookUp(quantized.weights, layer, 'quantized weights');
  const kernel = lookUp(modelFor(model, quantized.scheme).weights, `${layer}.kernel`, 'array');
  const rounded = lookUp(dequantizedWeights(quantized), `${layer}.kernel`, 'array');
  const out = kernel.shape[kernel.shape.length - 1];
  const perChannel = Array.from({ length: out }, (_, c) => ({
    float: channelOf(kernel, c),
    rounded: channelOf(rounded, c),
  }));
  const extremes = perChannel.map(({ float }) => extremesOf(float));
  return {
    settings,
    layer,
    bits,
    qmin,
    qmax,
    lo: Float32Array.from(extremes, ([least]) => least),
    hi: Float32Array.from(extremes, ([, greatest]) => greatest),
    scale: Float32Array.from({ length: out }, (_, c) => scale[c % scale.length]),
    zeroPoint: Int32Array.from({ length: out }, (_, c) => zeroPoint[c % zeroPoint.length]),
    sqnr: Float64Array.from(perChannel, ({ float, rounded: near }) => sqnr(float, near)),
  };
}
