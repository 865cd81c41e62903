/** Opens ONNX files: those written here, and float ResNets and MobileNets that other tools export. */
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { parseOnnx, refusal } from './parse.ts';
import type { OnnxFile } from './parse.ts';
import { readFloatNetwork } from './float/readFloat.ts';
import type { FloatFileOptions, ReadNetwork } from './float/readFloat.ts';
import { isQuantizedFile } from './quantized/asQdq.ts';
import { readForeign } from './quantized/readForeign.ts';
import { readQdq } from './quantized/readQdq.ts';

export type OnnxModel =
  | { readonly kind: 'float32'; readonly model: FloatModel }
  | { readonly kind: 'quantized'; readonly model: QuantizedModel };

/** A network, and what is to be said of how it was read. */
export type Read = OnnxModel & Omit<ReadNetwork, 'model'>;

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
  const read = readNetwork(file, options);
  return read.kind === 'quantized' ? { kind: 'quantized', model: read.model } : { kind: 'float32', model: read.model };
}

/** What to do, where a sentence does not say it. */
const advised = (sentence: string): string =>
  /\b(?:Export|Use|Quantize|bring) /.test(sentence)
    ? sentence
    : `${sentence} Export a ResNet or a MobileNetV2 as torchvision or timm build it, with its classifier, or bring another file.`;

/** As readParsed, with what is to be said of it. @throws as `readOnnx` */
export function readNetwork(file: OnnxFile, options: FloatFileOptions = {}): Read {
  const { fileName } = file;
  try {
    if (!isQuantizedFile(file)) return { kind: 'float32', ...readFloatNetwork(file, options) };
    if (!file.metadata.has('scheme')) return { kind: 'quantized', ...readForeign(file, options) };
    const model = readQdq(file);
    const names = new Map(model.graph.nodes.map(({ name }) => [name, name]));
    return { kind: 'quantized', model, normalizationFrom: 'file', names, notes: [] };
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    throw sentence.startsWith(fileName) ? cause : refusal(fileName, advised(sentence), cause);
  }
}
