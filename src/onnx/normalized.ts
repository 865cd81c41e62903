/** An ONNX file that says how its input is normalized, as other tools' files do not. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema } from 'onnx-buf';
import type { Normalization } from '../graph/types.ts';
import { parseOnnx } from './parse.ts';
import { normalizationMetadata } from './signature.ts';

/**
 * The file as it is where it says so itself; otherwise with the normalization in its metadata. Fields that follow a
 * protobuf message are merged into it by every reader: nothing else of the file changes.
 * @throws Error naming the file, where it is no ONNX model
 */
export function sayingNormalization(bytes: Uint8Array<ArrayBuffer>, fileName: string, normalization: Normalization): Uint8Array<ArrayBuffer> {
  if (parseOnnx(bytes, fileName).metadata.has('normalization')) return bytes;
  const metadataProps = Object.entries(normalizationMetadata(normalization)).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  const more = toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps }));
  const whole = new Uint8Array(bytes.length + more.length);
  whole.set(bytes);
  whole.set(more, bytes.length);
  return whole;
}
