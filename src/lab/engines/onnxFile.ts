/** The ONNX file of a network that was made. */
import { floatOnnxLength, writeFloatOnnx } from '../../onnx/write/float.ts';
import { qdqOnnxLength, writeQdqOnnx } from '../../onnx/write/qdq.ts';
import type { FileForm } from '../../contract/calls/race.ts';
import type { Made } from './types.ts';

/**
 * Integers packed to their bits, or float32, unless another form is asked for. A quantized file that was brought is given
 * as it came.
 * @throws where integers are asked of a network that is not quantized
 */
export function onnxBytes(
  { model, quantized, file }: Made,
  form: FileForm = quantized ? 'packed' : 'float32',
): Uint8Array {
  if (form === 'float32' || form === 'float16') return writeFloatOnnx(model, form);
  if (!quantized) throw new Error(`${model.graph.name} is not quantized: it can be written in float32 or float16.`);
  return file ?? writeQdqOnnx(quantized, { weights: form });
}

/** The length of the file that {@link onnxBytes} gives by default, without writing it. */
export const onnxLength = ({ model, quantized, file }: Made): number =>
  file?.length ?? (quantized ? qdqOnnxLength(quantized) : floatOnnxLength(model));
