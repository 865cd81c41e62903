/** Layers looked at one by one: what the network is made of, and what a scheme makes of each part. */
import type { Calibration } from '../../calibrate/calibration.ts';
import { activationSqnr, weightSqnr } from '../../calibrate/noise.ts';
import { graphCost } from '../../graph/cost.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf, isWeighted, nodeArrays } from '../../graph/shapes.ts';
import type { FloatModel, Graph, TensorName, WeightedNode } from '../../graph/types.ts';
import { quantizedAt } from '../../quant/schemes.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { extremesOf } from './channels.ts';
import type { Stages } from '../stages/stages.ts';
import type { LayerInfo, LayerNoise, Layers } from '../../contract/calls/inspect.ts';
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
