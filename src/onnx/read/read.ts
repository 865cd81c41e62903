/** Opens ONNX files: those written here, and float ResNets that other tools export. */
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { parseOnnx, refusal } from './parse.ts';
import type { OnnxFile } from './parse.ts';
import { readFloat } from './float/readFloat.ts';
import type { FloatFileOptions } from './float/readFloat.ts';
import { readQdq } from './quantized/readQdq.ts';

export type OnnxModel =
  | { readonly kind: 'float32'; readonly model: FloatModel }
  | { readonly kind: 'quantized'; readonly model: QuantizedModel };

/**
 * A QDQ file of `writeQdqOnnx` gives back the QuantizedModel it was written from. A float file in torchvision's layout
 * gives a FloatModel, its batch norms folded or not, under the names of ResNet-18, -20 or -50 where it is built as one.
 *
 * @throws Error beginning with the file's name: damaged, too large, an operator that cannot be imported (by its name),
 * a graph that is cyclic or out of order, a constant whose size is not that of its data
 */
export function readOnnx(bytes: Uint8Array, fileName: string, options: FloatFileOptions = {}): OnnxModel {
  return readParsed(parseOnnx(bytes, fileName), options);
}

/** The network of a file that is parsed already. @throws as `readOnnx` */
export function readParsed(file: OnnxFile, options: FloatFileOptions = {}): OnnxModel {
  const { fileName } = file;
  try {
    const quantized = file.nodes.some(({ opType }) => opType === 'QuantizeLinear');
    return quantized
      ? { kind: 'quantized', model: readQdq(file) }
      : { kind: 'float32', model: readFloat(file, options) };
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    throw sentence.startsWith(fileName) ? cause : refusal(fileName, sentence, cause);
  }
}
