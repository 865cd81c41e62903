/** A network in two files, as today's exporters write it: a model without weights, and one file of them all. */
import type { FloatModel } from '../../graph/types.ts';
import { changedModel } from './spelled.ts';
import { torchExport } from './torchExport.ts';

/** @param location of the second file, as the first names it */
export function twoFiles(
  model: FloatModel,
  location: string,
): readonly [onnx: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>] {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  const onnx = changedModel(new Uint8Array(torchExport(model)), ({ graph }) => {
    for (const tensor of graph?.initializer ?? []) {
      const { length } = tensor.rawData;
      pieces.push(tensor.rawData);
      const entry = (key: string, value: string) => ({ $typeName: 'onnx.StringStringEntryProto' as const, key, value });
      tensor.externalData = [entry('location', location), entry('offset', `${offset}`), entry('length', `${length}`)];
      tensor.dataLocation = 1;
      tensor.rawData = new Uint8Array(0);
      offset += length;
    }
  });
  return [new Uint8Array(onnx), new Uint8Array(Buffer.concat(pieces))];
}
