/** A quantized model with some of its layers and grids replaced; whatever depends on them follows. */
import { lookUp } from '../base/lookUp.ts';
import { inputsOf, isWeighted } from '../graph/shapes.ts';
import type { TensorName } from '../graph/types.ts';
import { quantizedAt } from '../quant/schemes.ts';
import type { QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { quantizeBias } from '../quant/weights.ts';
import { dequantizedWeights } from '../tensor/fakeQuantized.ts';
import type { LearnedBlock } from '../tensor/reconstruct/block.ts';
import { withCodes } from './codes.ts';

/** The layers of these names replaced. */
export const withWeights = (
  model: QuantizedModel,
  weights: ReadonlyMap<TensorName, QuantizedWeights>,
): QuantizedModel => ({ ...model, weights: new Map([...model.weights, ...weights]) });

/**
 * Activations with other steps, their zero points as they were. A max pool takes its input's step, and the biases of the
 * layers that read a changed tensor are rounded anew: an int32 bias lies on the grid inputScale * weightScale.
 */
function withSteps(model: QuantizedModel, steps: ReadonlyMap<TensorName, number>): QuantizedModel {
  const activations = new Map(
    [...model.activations].map(([name, grid]) => {
      const scale = steps.get(quantizedAt(model.graph, name));
      return [name, scale === undefined ? grid : { ...grid, scale }];
    }),
  );
  const scaleAt = (name: TensorName): number => lookUp(activations, name, 'activation grid').scale;
  const before = dequantizedWeights(model);
  const weights = new Map(model.weights);
  for (const node of model.graph.nodes) {
    if (!isWeighted(node)) continue;
    const [input] = inputsOf(node);
    if (scaleAt(input) === lookUp(model.activations, input, 'activation grid').scale) continue;
    const own = lookUp(weights, node.name, 'quantized weights');
    const bias = lookUp(before, `${node.name}.bias`, 'array').data;
    weights.set(node.name, { ...own, bias: quantizeBias(bias, scaleAt(input), own.scale) });
  }
  return { ...model, activations, weights };
}

/** What a block has learned, as integers. */
export function withBlock(model: QuantizedModel, { layers, quantizers }: LearnedBlock): QuantizedModel {
  const changed = withSteps(model, new Map([...quantizers].map(([name, { scale }]) => [name, scale])));
  const weights = new Map<TensorName, QuantizedWeights>();
  for (const node of model.graph.nodes) {
    const learned = layers.get(node.name);
    if (!learned || !isWeighted(node)) continue;
    const own = lookUp(changed.weights, node.name, 'quantized weights');
    const inputScale = lookUp(changed.activations, inputsOf(node)[0], 'activation grid').scale;
    const bias = quantizeBias(learned.bias, inputScale, learned.scale);
    weights.set(node.name, { ...withCodes(own, learned.codes), scale: learned.scale, bias });
  }
  return withWeights(changed, weights);
}
