/** Files of networks in formats that are not read here: what each is, and how it becomes one that is. */

const FROM_TORCH =
  'a PyTorch file: save its weights as .safetensors, or export it as .onnx. In Python:\n' +
  'import torch, safetensors.torch; weights = torch.load("FILE", map_location="cpu")\n' +
  'safetensors.torch.save_file({k: v.contiguous() for k, v in weights.get("state_dict", weights).items()}, "model.safetensors")';

const FROM_KERAS =
  'a Keras or TensorFlow file: export it as .onnx. In Python:\n' +
  'import keras, tf2onnx; model = keras.saving.load_model("FILE")\n' +
  'tf2onnx.convert.from_keras(model, output_path="model.onnx")';

const FROM_NUMPY =
  'a NumPy file: save its arrays as .safetensors under the names that the network has for them. In Python:\n' +
  'import numpy, safetensors.numpy\n' +
  'safetensors.numpy.save_file(dict(numpy.load("FILE")), "model.safetensors")';

const FROM_LITE =
  'a TensorFlow Lite file: convert it to .onnx. In a shell:\n' +
  'pip install tf2onnx\n' +
  'python -m tf2onnx.convert --tflite FILE --output model.onnx';

const FROM_GRAPH =
  'a TensorFlow graph: convert its SavedModel to .onnx. In a shell:\n' +
  'pip install tf2onnx\n' +
  'python -m tf2onnx.convert --saved-model FOLDER --output model.onnx';

const FROM_CORE_ML = 'a Core ML model, which no tool turns back: export the network that it was made of as .onnx.';
const FROM_GGUF =
  'a GGUF file, which holds language models: a network that classifies pictures comes as .onnx or .safetensors: bring one of these.';

const OF_AN_ONNX_FILE =
  'the second file of an ONNX export, which holds the weights: drop the .onnx file that belongs to it with it.';

const ascii = (head: Uint8Array): string => String.fromCharCode(...head.subarray(0, 512));

/** By content: the first bytes of each format; in a zip, the names of the first entries. */
const BY_CONTENT: readonly (readonly [RegExp, string])[] = [
  [/^PK\x03\x04[^]{26}[^/]*\/?(?:data\.pkl|\.format_version|\.data\/|byteorder|version)/, FROM_TORCH],
  [/^PK\x03\x04[^]{26}(?:metadata\.json|config\.json|model\.weights\.h5)/, FROM_KERAS],
  [/^PK\x03\x04[^]*\.npy/, FROM_NUMPY],
  [/^\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19/, FROM_TORCH],
  [/^\x89HDF\r\n\x1a\n/, FROM_KERAS],
  [/^\x93NUMPY/, FROM_NUMPY],
  [/^[^]{4}TFL3/, FROM_LITE],
  [/^GGUF/, FROM_GGUF],
];

/** By name, where the content has no mark of its own; a pickle begins with its protocol. */
const BY_NAME: readonly (readonly [RegExp, RegExp, string])[] = [
  [/\.(?:pth|pt|bin|ckpt|pkl)$/i, /^\x80[\x02-\x05]/, FROM_TORCH],
  [/\.(?:pb|index|meta)$|\.data-\d+-of-\d+$/i, /^/, FROM_GRAPH],
  [/\.mlmodel$/i, /^/, FROM_CORE_ML],
  [/\.onnx[._]data$|\.(?:data|weights)$/i, /^/, OF_AN_ONNX_FILE],
];

/** What a file is and what to do with it, as the rest of a sentence; null: it is none of these. */
export function otherFormat(head: Uint8Array, fileName: string): string | null {
  const text = ascii(head);
  const found =
    BY_CONTENT.find(([mark]) => mark.test(text))?.[1] ??
    BY_NAME.find(([name, mark]) => name.test(fileName) && mark.test(text))?.[2];
  const plain = fileName.split('/').at(-1) ?? fileName;
  return found?.replace('FILE', plain) ?? null;
}

/** @throws Error naming the file, what it is, and what to do, where it is of another format */
export function refuseOtherFormat(bytes: Uint8Array, fileName: string): void {
  const what = otherFormat(bytes.subarray(0, 512), fileName);
  if (what) throw new Error(`${fileName} is ${what}`);
}
