/** What stands behind a layer, in real numbers: Relu, or Clip up to its bound. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { encodeFloat16 } from '../../base/float16.ts';
import type { Activation } from '../../graph/types.ts';
import { addConstant, addNode } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';

/**
 * @param output what it writes; nothing is added where nothing stands there
 * @param half in float16
 * @returns the name of the result
 */
export function addActivation(
  builder: OnnxBuilder,
  activation: Activation | null,
  input: string,
  output = `${input}.relu`,
  half = false,
): string {
  if (!activation) return input;
  if (activation.max === null) return addNode(builder, 'Relu', [input], output);
  const bound = (value: number): string => {
    const name = `bound.${value}`;
    if (!half) return addConstant(builder, name, [], Float32Array.of(value));
    const halves = encodeFloat16(Float32Array.of(value));
    return addConstant(builder, name, [], new Uint8Array(halves.buffer, halves.byteOffset, 2), DataType.FLOAT16);
  };
  return addNode(builder, 'Clip', [input, bound(0), bound(activation.max)], output);
}
