/** Files of other formats are known by their first bytes, and told what to do. */
import { expect, test } from 'vitest';
import { otherFormat, refuseOtherFormat } from './otherFormats.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const zip = (entry: string): Uint8Array => bytes(`PK\x03\x04${'\0'.repeat(26)}${entry}`);

test.each<[string, Uint8Array, string, RegExp]>([
  [
    'PyTorch, a zip',
    zip('archive/data.pkl'),
    'resnet18.pth',
    /^a PyTorch file: .*\n.*torch\.load\("resnet18\.pth"\n?.*/,
  ],
  ['PyTorch, a zip under another name', zip('best/data.pkl'), 'weights', /^a PyTorch file/],
  ['PyTorch before 1.6', bytes('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'), 'old.pt', /^a PyTorch file/],
  ['a pickle called .bin', bytes('\x80\x04}.'), 'pytorch_model.bin', /^a PyTorch file/],
  ['a Lightning checkpoint', zip('epoch=3/data.pkl'), 'epoch=3.ckpt', /^a PyTorch file/],
  ['Keras, HDF5', bytes('\x89HDF\r\n\x1a\n'), 'model.h5', /^a Keras or TensorFlow file/],
  ['Keras, a zip', zip('metadata.json'), 'model.keras', /^a Keras or TensorFlow file/],
  ['NumPy, one array', bytes('\x93NUMPY\x01'), 'w.npy', /^a NumPy file/],
  ['NumPy, several', zip('conv1.npy'), 'w.npz', /^a NumPy file/],
  ['TensorFlow Lite', bytes('\x1c\0\0\0TFL3'), 'm.tflite', /^a TensorFlow Lite file/],
  ['a graph', bytes('\x08\x01'), 'saved_model.pb', /^a TensorFlow graph/],
  ['Core ML', bytes('\x08\x01'), 'm.mlmodel', /^a Core ML model/],
  ['GGUF', bytes('GGUF\x03'), 'm.gguf', /^a GGUF file/],
])('%s', (_, head, name, expected) => {
  expect(otherFormat(head, name)).toMatch(expected);
  expect(() => refuseOtherFormat(head, name)).toThrow(`${name} is a`);
});

test('archives of pictures and files that are read here are none of these', () => {
  expect(otherFormat(zip('train/cat/0.jpg'), 'photos.zip')).toBeNull();
  expect(otherFormat(bytes('\x10\0\0\0\0\0\0\0{"a":1}'), 'm.safetensors')).toBeNull();
  expect(otherFormat(bytes('\x08\x07\x12\x07pytorch'), 'm.onnx')).toBeNull();
});
