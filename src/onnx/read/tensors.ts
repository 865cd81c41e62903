/** TensorProtos to typed arrays, their sizes checked against the data before any is made. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { TensorProto } from 'onnx-buf';
import { decodeFloat16 } from '../../base/float16.ts';
import { isEmbedded } from './parse.ts';

/** A constant's values in row-major order. */
export type Constant = { readonly shape: readonly number[]; readonly data: ConstantData };
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;

/** Bytes an element takes as raw data. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [DataType.FLOAT, 4],
  [DataType.FLOAT16, 2],
  [DataType.INT32, 4],
  [DataType.INT64, 8],
  [DataType.INT8, 1],
  [DataType.UINT8, 1],
]);

/**
 * The values of a tensor of float32, float16, int32, int64, int8 or uint8.
 * @throws Error naming it: values outside the file, another type, a size that is not that of the data
 */
export function readTensor(tensor: TensorProto): Constant {
  const { name, dataType, rawData } = tensor;
  if (!isEmbedded(tensor)) throw new Error(`${name} lies in another file: export the model as one file.`);
  const width = WIDTHS.get(dataType);
  if (width === undefined)
    throw new Error(`${name} has the data type ${DataType[dataType] ?? dataType}, which cannot be imported.`);
  const shape = tensor.dims.map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || !Number.isSafeInteger(count)) {
    throw new Error(`${name} has the shape [${shape}], which is none.`);
  }
  const listed = listedData(tensor);
  const found = listed ? listed.length : rawData.length;
  const expected = listed ? count : count * width;
  if (found !== expected)
    throw new Error(`${name} is [${shape}] and needs ${expected} ${listed ? 'numbers' : 'bytes'}, but has ${found}.`);
  return { shape, data: listed ?? fromRaw(rawData, dataType) };
}

/** Values given as numbers instead of raw data, or null. */
function listedData({ dataType, rawData, floatData, int32Data, int64Data }: TensorProto): ConstantData | null {
  if (rawData.length > 0) return null;
  if (dataType === DataType.FLOAT && floatData.length > 0) return Float32Array.from(floatData);
  if (dataType === DataType.INT64 && int64Data.length > 0) return BigInt64Array.from(int64Data);
  if (int32Data.length === 0) return null;
  switch (dataType) {
    case DataType.INT32:
      return Int32Array.from(int32Data);
    case DataType.INT8:
      return Int8Array.from(int32Data);
    case DataType.UINT8:
      return Uint8Array.from(int32Data);
    case DataType.FLOAT16:
      return decodeFloat16(Uint16Array.from(int32Data));
    default:
      return null;
  }
}

/** ONNX is little-endian, and so is every machine with a browser. */
function fromRaw(raw: Uint8Array, dataType: number): ConstantData {
  // A copy of its own memory even where the file came as a Node Buffer, whose slice is none.
  const { buffer } = new Uint8Array(raw);
  switch (dataType) {
    case DataType.FLOAT:
      return new Float32Array(buffer);
    case DataType.FLOAT16:
      return decodeFloat16(new Uint16Array(buffer));
    case DataType.INT32:
      return new Int32Array(buffer);
    case DataType.INT64:
      return new BigInt64Array(buffer);
    case DataType.INT8:
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}
