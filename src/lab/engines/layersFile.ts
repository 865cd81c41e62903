/** A network as a zip that TensorFlow.js opens: its weights rounded to the quantized network's, its activations in float. */
import { lookUp } from '../../base/lookUp.ts';
import { zipped } from '../../data/archives/writeZip.ts';
import { namedArray } from '../../graph/arrays.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { writeTfjs, type Written } from '../../weights/tfjs/write/write.ts';
import type { NodeWeights } from '../../weights/tfjs/write/layers.ts';
import type { Stored } from '../../weights/tfjs/write/manifest.ts';
import type { Made } from './types.ts';

const FLOAT_ACTIVATIONS =
  'Written by Fewbit. The weights are exactly the quantized network’s; activations stay in float32, for TensorFlow.js rounds none.';
const ONE_BYTE = 'Each weight takes a byte, whatever its bits: TensorFlow.js’ files know no fewer.';

/** Integers from zero, in a byte each where they fit, of what each code stands for in steps. */
function integersOf({ codes, zeroPoint, shape }: QuantizedWeights): Stored & { readonly min: number } {
  const steps = Int32Array.from(codes, (code, i) => code - zeroPoint[i % zeroPoint.length]);
  let [min, max] = [Infinity, -Infinity];
  for (const step of steps) [min, max] = [Math.min(min, step), Math.max(max, step)];
  const from =
    max - min > 255 ? Uint16Array.from(steps, (step) => step - min) : Uint8Array.from(steps, (step) => step - min);
  return { shape, integers: from, scale: 1, min };
}

/**
 * One scale for the tensor stands in the manifest, beside the integers. A scale for each channel cannot: the kernel is then of
 * integers, and a batch norm that normalizes nothing has the scales.
 */
function packedWeights(quantized: QuantizedModel): (node: { readonly name: string }) => NodeWeights {
  const biases = dequantizedWeights(quantized);
  return ({ name }) => {
    const own = lookUp(quantized.weights, name, 'quantized weights');
    const bias = namedArray(biases, `${name}.bias`).data;
    const kernel = integersOf(own);
    const [scale] = own.scale;
    if (own.scale.length > 1) return { kernel, scale: own.scale, bias };
    return { kernel: { ...kernel, scale, min: kernel.min * scale }, scale: null, bias };
  };
}

const floatWeights =
  ({ weights }: FloatModel) =>
  ({ name }: { readonly name: string }): NodeWeights => ({
    kernel: namedArray(weights, `${name}.kernel`),
    scale: null,
    bias: namedArray(weights, `${name}.bias`).data,
  });

/** @throws Error naming a node that no layer of TensorFlow.js is */
export function layersModel({ model, quantized }: Made): Written {
  if (!quantized)
    return writeTfjs({ ...model, weightsOf: floatWeights(model), notes: ['Written by Fewbit, in float32.'] });
  const { graph, normalization, classes } = quantized;
  const notes = [FLOAT_ACTIVATIONS, ONE_BYTE];
  return writeTfjs({ graph, normalization, classes, weightsOf: packedWeights(quantized), notes });
}

/** model.json, weights.bin and metadata.json in one zip, as Teachable Machine's own. @throws as layersModel */
export function layersModelZip(made: Made): Uint8Array<ArrayBuffer> {
  const { model, shards, metadata } = layersModel(made);
  const parts = new Map([['model.json', model], ...shards]);
  if (metadata) parts.set('metadata.json', metadata);
  return zipped(parts);
}
