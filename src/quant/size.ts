/** What a model weighs: b bits a weight and all that is needed to read them, not the container they travel in. */
import { lookUp } from '../base/lookUp.ts';
import { elementCount } from '../graph/arrays.ts';
import { sharesGrid } from '../graph/grids.ts';
import { isWeighted, nodeArrays } from '../graph/shapes.ts';
import type { Graph } from '../graph/types.ts';
import { packedBytes } from './packing.ts';
import type { QuantizedModel, QuantizedWeights } from './types.ts';

const FLOAT32 = 4;
const INT32 = 4;
const BYTE = 1;

/**
 * Bytes of a quantized model: each weight tensor ceil(n * b / 8), 4 for each of its scales, 1 for each zero point
 * when affine, 4 for each bias; 5 for each activation's scale and zero point. A max pool has none of its own.
 */
export function sizeBytes(model: QuantizedModel): number {
  const weights = [...model.weights.values()].reduce((sum, layer) => sum + layerBytes(layer), 0);
  const shared = model.graph.nodes.filter(sharesGrid).length;
  return weights + (model.activations.size - shared) * (FLOAT32 + BYTE);
}

function layerBytes({ codes, bits, scale, zeroPoint, bias }: QuantizedWeights): number {
  const zeroPoints = codes instanceof Uint8Array ? zeroPoint.length * BYTE : 0;
  return packedBytes(codes.length, bits) + scale.length * FLOAT32 + zeroPoints + bias.length * INT32;
}

/** Bytes of the network in float32, batch norms folded: 4 for each weight and each bias. */
export function float32SizeBytes(graph: Graph): number {
  return graph.nodes.filter(isWeighted).reduce((sum, node) => {
    const kernel = lookUp(nodeArrays(node), 'kernel', 'shape');
    return sum + (elementCount(kernel) + kernel[kernel.length - 1]) * FLOAT32;
  }, 0);
}
