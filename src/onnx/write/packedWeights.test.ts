/** Packed weights: the fields of a code, the unpacking as ONNX Runtime does it. */
import * as ort from 'onnxruntime-node';
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { addPackedConstants, fieldsOf } from './packedWeights.ts';
import type { IntegerTensor } from './packedWeights.ts';
import { addNode, newOnnxBuilder, serializeModel, valueInfo } from './builder.ts';

test('fields of 4, 2 and 1 bits make up every width, without a gap and without overlap', () => {
  for (const bits of [2, 3, 5, 6, 7]) {
    const places = fieldsOf(bits).flatMap(({ width, shift }) => Array.from({ length: width }, (_, i) => shift + i));
    expect(places).toEqual(Array.from({ length: bits }, (_, i) => i));
  }
});

describe('addPackedConstants', () => {
  test.each([2, 3, 4, 5, 6, 7])('%i bits, signed and unsigned, come back whole', async (bits) => {
    const half = 2 ** (bits - 1);
    const tensors: IntegerTensor[] = [
      { name: 'signed', shape: [3, 7], codes: Int8Array.from({ length: 21 }, (_, i) => (i % (2 * half)) - half) },
      { name: 'other', shape: [5], codes: Int8Array.of(-half, half - 1, 0, -1, 1) },
      { name: 'unsigned', shape: [2, 1, 4], codes: Uint8Array.from({ length: 8 }, (_, i) => (i * 5) % (2 * half)) },
    ];
    const unpacked = await unpack(tensors, bits);
    for (const { name, shape, codes } of tensors) {
      expect([...unpacked[name].dims]).toEqual(shape);
      expect([...(unpacked[name].data as Int32Array)]).toEqual([...codes]);
    }
  });

  test.each([3, 4])('refuses a code that does not fit %i bits', (bits) => {
    const outside = { name: 'w', shape: [2], codes: Int8Array.of(3, 8) };
    expect(() => addPackedConstants(newOnnxBuilder(), [outside], bits)).toThrow(RangeError);
  });
});

/** What a session makes of the packed constants, each widened to int32 so that both kinds can be outputs. */
async function unpack(tensors: readonly IntegerTensor[], bits: number): Promise<Record<string, ort.Tensor>> {
  const builder = newOnnxBuilder();
  const packed = tensors.map((tensor) => ({ ...tensor, name: `${tensor.name}.packed` }));
  addPackedConstants(builder, packed, bits);
  for (const { name } of tensors) addNode(builder, 'Cast', [`${name}.packed`], name, { to: DataType.INT32 });
  const outputs = tensors.map(({ name, shape }) => valueInfo(name, DataType.INT32, shape));
  const session = await ort.InferenceSession.create(serializeModel(builder, 'unpack', [], outputs, {}));
  const result = await session.run({});
  await session.release();
  return result as Record<string, ort.Tensor>;
}
