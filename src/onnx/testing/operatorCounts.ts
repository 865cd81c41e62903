/** Looking into an ONNX file: how often each operator stands in it. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';

/** Counts the nodes of each operator type of a serialized model; contrib operators count as any other. */
export function operatorCounts(bytes: Uint8Array): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { opType } of fromBinary(ModelProtoSchema, bytes).graph?.node ?? []) {
    counts.set(opType, (counts.get(opType) ?? 0) + 1);
  }
  return counts;
}
