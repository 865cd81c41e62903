/** What every ONNX file written here has in common: its input, its output, its metadata. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { ValueInfoProto } from 'onnx-buf';
import { INPUT } from '../graph/types.ts';
import type { Graph, Normalization } from '../graph/types.ts';
import { valueInfo } from './builder.ts';

/** Name of the output [N, classes]. */
export const LOGITS = 'logits';

/** `input` [batch, C, H, W], float32, normalized. */
export function describeInput({ inputShape: [height, width, channels] }: Graph): ValueInfoProto {
  return valueInfo(INPUT, DataType.FLOAT, ['batch', channels, height, width]);
}

/** `logits` [batch, classes], float32. */
export function describeLogits(graph: Graph): ValueInfoProto {
  const last = graph.nodes.at(-1);
  if (last?.kind !== 'linear') throw new Error(`${graph.name}: an ONNX file is written of networks that end in a linear layer`);
  return valueInfo(LOGITS, DataType.FLOAT, ['batch', last.outFeatures]);
}

/** JSON under `classes` and `normalization`, so that a file can be used by itself. */
export function modelMetadata(model: { readonly classes: readonly string[]; readonly normalization: Normalization }): Record<string, string> {
  return { classes: JSON.stringify(model.classes), normalization: JSON.stringify(model.normalization) };
}
