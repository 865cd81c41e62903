/** What every ONNX file written here has in common: its input, its output and its metadata. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { ValueInfoProto } from 'onnx-buf';
import { INPUT } from '../graph/types.ts';
import type { Graph, Normalization } from '../graph/types.ts';
import { valueInfo } from './write/builder.ts';

/** Name of the output [N, classes]. */
export const LOGITS = 'logits';

/** `input` [batch, C, H, W], float32, normalized. */
export function describeInput({ inputShape: [height, width, channels] }: Graph): ValueInfoProto {
  return valueInfo(INPUT, DataType.FLOAT, ['batch', channels, height, width]);
}

/**
 * `logits` [batch, classes], float32.
 *
 * @throws Error where the network does not end in a linear layer
 */
export function describeLogits({ name, nodes }: Graph): ValueInfoProto {
  const last = nodes.at(-1);
  if (last?.kind !== 'linear') throw new Error(`${name} does not end in a linear layer: it has no logits to write.`);
  return valueInfo(LOGITS, DataType.FLOAT, ['batch', last.outFeatures]);
}

/** Metadata key: names of the layers with a grid of a QDQ file without a ReLU, which has no node there. */
export const WITHOUT_RELU = 'withoutRelu';

/** Metadata key: of the layers whose activation has a bound, that bound and the bits of the grid, by name. */
export const BOUNDED = 'bounded';

/** JSON under `classes` and `normalization`, so that a file can be used by itself. */
export function modelMetadata(model: {
  readonly classes: readonly string[];
  readonly normalization: Normalization;
}): Record<string, string> {
  return { classes: JSON.stringify(model.classes), ...normalizationMetadata(model.normalization) };
}

export const normalizationMetadata = (normalization: Normalization): Record<string, string> => ({
  normalization: JSON.stringify(normalization),
});
