/** Weights in a second file, as today's torch.onnx.export writes them: put back into the one file. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { TensorProto } from 'onnx-buf';
import { requireModestMessage } from './guard.ts';
import { isEmbedded, refusal } from './parse.ts';

/** A path's last part: a file that is dropped brings no folder. */
const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const valueOf = ({ externalData }: TensorProto, key: string): string | undefined =>
  externalData.find((entry) => entry.key === key)?.value;

function external(bytes: Uint8Array) {
  requireModestMessage(ModelProtoSchema, bytes);
  const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  return { model, tensors: (model.graph?.initializer ?? []).filter((tensor) => !isEmbedded(tensor)) };
}

/** Names of the files that hold the rest of this one; none where it is whole, or no ONNX file. */
export function externalFiles(bytes: Uint8Array): readonly string[] {
  try {
    return [...new Set(external(bytes).tensors.map((tensor) => baseName(valueOf(tensor, 'location') ?? '')))];
  } catch {
    return [];
  }
}

/**
 * The file with all its weights in it; as it is where they are.
 * @param files by name, without folders
 * @throws Error naming the file that is missing, or too short for what should lie in it
 */
export function withExternalData(
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
  files: ReadonlyMap<string, Uint8Array>,
): Uint8Array<ArrayBuffer> {
  const names = externalFiles(bytes);
  if (names.length === 0) return bytes;
  const missing = names.filter((name) => !files.has(name));
  if (missing.length > 0)
    throw refusal(
      fileName,
      `its weights lie in another file, ${missing.join(', ')}: bring both files together, or export the model as one file (external_data=False).`,
    );
  const { model, tensors } = external(bytes);
  for (const tensor of tensors) {
    const data = files.get(baseName(valueOf(tensor, 'location') ?? ''));
    const offset = Number(valueOf(tensor, 'offset') ?? 0);
    const length = Number(valueOf(tensor, 'length') ?? (data?.length ?? 0) - offset);
    if (!data || !(offset >= 0 && length >= 0 && offset + length <= data.length))
      throw refusal(
        fileName,
        `${tensor.name} should lie at bytes ${offset} to ${offset + length} of a file that has ${data?.length ?? 0}: the two files do not belong together.`,
      );
    tensor.rawData = new Uint8Array(data.subarray(offset, offset + length));
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
  return new Uint8Array(toBinary(ModelProtoSchema, model));
}
