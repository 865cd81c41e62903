/** An ONNX file that says how its input is normalized, as other tools' files do not. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema } from 'onnx-buf';
import type { Normalization } from '../../graph/types.ts';
import type { OnnxFile } from './parse.ts';
import { normalizationMetadata } from '../signature.ts';

/** A file, and what it is parsed to. */
export type Parsed = { readonly bytes: Uint8Array<ArrayBuffer>; readonly file: OnnxFile };

/**
 * The file as it is where its maker says so; otherwise with the normalization in its metadata. Fields that follow a
 * protobuf message are merged into it by every reader: nothing else of the file changes, and of two entries of one key
 * the later counts.
 * @param mark a key and its value that tell what is written here from what a maker wrote: it may be replaced
 */
export function sayingNormalization(
  { bytes, file }: Parsed,
  normalization: Normalization,
  mark?: { readonly key: string; readonly value: string },
): Parsed {
  const isMarked = mark !== undefined && file.metadata.has(mark.key);
  if (file.metadata.has('normalization') && !isMarked) return { bytes, file };
  const said = Object.entries({ ...normalizationMetadata(normalization), ...(mark && { [mark.key]: mark.value }) });
  const metadataProps = said.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  const more = toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps }));
  const whole = new Uint8Array(bytes.length + more.length);
  whole.set(bytes);
  whole.set(more, bytes.length);
  return { bytes: whole, file: { ...file, bytes: whole.length, metadata: new Map([...file.metadata, ...said]) } };
}

/** Whether the graph's first operators scale its input by constants, or a batch norm does. */
export function normalizesItself({ nodes, input, initializers }: OnnxFile): boolean {
  const constants = new Set([
    ...initializers.keys(),
    ...nodes.filter(({ inputs }) => inputs.length === 0).flatMap(({ outputs }) => outputs),
  ]);
  let name = input.name;
  for (const { opType, inputs, outputs } of nodes) {
    if (!inputs.includes(name)) continue;
    if (opType === 'BatchNormalization') return true;
    if (/^(?:Add|Sub|Mul|Div)$/.test(opType)) return inputs.some((each) => each !== name && constants.has(each));
    if (!/^(?:Identity|Cast|Transpose)$/.test(opType)) return false;
    [name] = outputs;
  }
  return false;
}
