/** A model small enough to know its answers, for tests. */
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from '../../onnx/write/builder.ts';

/** TensorProto.DataType.FLOAT */
const FLOAT = 1;

/** `logits` [N, 2]: the first pixel's two channels of an image [2, 3, 2], each plus its channel's number. */
export function firstPixelModel(inputDims: readonly (number | string)[] = ['batch', 2, 2, 3]): Uint8Array {
  const builder = newOnnxBuilder();
  const bias = addConstant(builder, 'bias', [2, 1, 1], Float32Array.of(0, 1));
  const sum = addNode(builder, 'Add', ['input', bias], 'sum');
  const ends = ['start', 'end'].map((name, i) =>
    addConstant(builder, name, [2], BigInt64Array.of(BigInt(i), BigInt(i))),
  );
  const axes = addConstant(builder, 'axes', [2], BigInt64Array.of(2n, 3n));
  const pixel = addNode(builder, 'Slice', [sum, ...ends, axes], 'pixel');
  addNode(builder, 'Flatten', [pixel], 'logits');
  const input = valueInfo('input', FLOAT, inputDims);
  return serializeModel(builder, 'first', [input], [valueInfo('logits', FLOAT, ['batch', 2])], {});
}

/** Images count up from 0: the first of [2, 3, 2] opens with 0, 1 and the second with 12, 13. */
export function countingImages(n: number): Float32Array {
  return Float32Array.from({ length: n * 12 }, (_, i) => i);
}
