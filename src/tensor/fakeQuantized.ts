/** A QuantizedModel as a float tf.LayersModel that feels every grid: weights dequantized, a fake quantizer after each tensor. */
import type * as tf from '@tensorflow/tfjs';
import { lookUp } from '../base/lookUp.ts';
import { tensorsWithGrid } from '../graph/grids.ts';
import { isWeighted } from '../graph/shapes.ts';
import type { NamedArray, Weights } from '../graph/types.ts';
import type { QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { toLayersModel } from './model.ts';

/** (q - zeroPoint) * scale in float32, the last axis being the output channels. */
export function dequantizedKernel({ codes, shape, scale, zeroPoint }: Omit<QuantizedWeights, 'bias'>): NamedArray {
  const channels = shape[shape.length - 1];
  const perChannel = scale.length > 1;
  const data = new Float32Array(codes.length);
  // A loop: Float32Array.from calls its function ten times as slowly, and a slider waits for this.
  for (let i = 0; i < data.length; i++) {
    const c = perChannel ? i % channels : 0;
    data[i] = (codes[i] - zeroPoint[c]) * scale[c];
  }
  return { shape, data };
}

/** int32 codes at scale inputScale * scale[c], the float32 product. */
function dequantizedBias({ bias, scale }: QuantizedWeights, inputScale: number): NamedArray {
  const data = Float32Array.from(bias, (code, c) => code * Math.fround(inputScale * scale[scale.length > 1 ? c : 0]));
  return { shape: [bias.length], data };
}

/** The real values that the model's integers stand for, under the graph's names. */
export function dequantizedWeights({ graph, weights, activations }: QuantizedModel): Weights {
  const arrays = new Map<string, NamedArray>();
  for (const node of graph.nodes) {
    const quantized = weights.get(node.name);
    if (!quantized || !isWeighted(node)) continue;
    arrays.set(`${node.name}.kernel`, dequantizedKernel(quantized));
    arrays.set(
      `${node.name}.bias`,
      dequantizedBias(quantized, lookUp(activations, node.input, 'activation grid').scale),
    );
  }
  return arrays;
}

/** Input [N, H, W, C] normalized, output logits [N, classes]; the caller disposes of it. */
export function toFakeQuantizedModel(model: QuantizedModel): tf.LayersModel {
  // What lies on its input's grid already needs no second quantizer.
  const rounded = new Set(tensorsWithGrid(model.graph));
  const quantizers = new Map([...model.activations].filter(([name]) => rounded.has(name)));
  return toLayersModel(model.graph, dequantizedWeights(model), { quantizers });
}
