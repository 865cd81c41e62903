/** Files of networks, whatever their format, and what of them is refused. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { resnet20 } from '../../graph/resnet.ts';
import { writeFloatOnnx } from '../../onnx/write/float.ts';
import { writeQdqOnnx } from '../../onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { torchExport } from '../../onnx/testing/torchExport.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { writeModel } from '../../weights/model.ts';
import {
  NORMALIZATIONS,
  isOnnxFile,
  readFloatFile,
  readModelFile,
  readNewFile,
  withNormalization,
} from './modelFile.ts';

const graph = resnet20(3);
const NORMALIZATION = { mean: [0, 0, 0], std: [1, 1, 1] };
const safetensors = writeModel(
  { graph, weights: initialWeights(graph, 1), normalization: NORMALIZATION, classes: ['a', 'b', 'c'] },
  'F32',
  { source: 'a test', licence: 'none' },
);
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const quantized = plain(writeQdqOnnx(withSeededWeights(graph, schemeFor('modern', 4, 4))));

test('each format is read by its own reader, a wrong ending notwithstanding', () => {
  expect(readModelFile(safetensors, 'a.safetensors')).toMatchObject({
    kind: 'float32',
    model: { classes: ['a', 'b', 'c'] },
  });
  expect(readModelFile(safetensors, 'a.onnx').model.graph.name).toBe('resnet20');
  expect(readModelFile(plain(writeFloatOnnx(seededFloatModel(graph))), 'b.ONNX')).toMatchObject({
    kind: 'float32',
    model: { graph: { name: 'resnet20' } },
  });
  expect(readModelFile(quantized, 'c.onnx')).toMatchObject({ kind: 'quantized', model: { scheme: { weightBits: 4 } } });
  expect(isOnnxFile(Uint8Array.of(8, 7), 'd.tar')).toBe(false);
});

test('a file that does not say how its pixels are scaled is given that; else it is taken for torchvision’s', () => {
  const theirs = plain(torchExport(seededFloatModel(graph)));
  expect(readFloatFile(theirs, 'theirs.onnx').normalization).toEqual(NORMALIZATIONS.imagenet);
  expect(readFloatFile(withNormalization(theirs, 'theirs.onnx', 'cifar10'), 'theirs.onnx').normalization).toEqual(
    NORMALIZATIONS.cifar10,
  );
  expect(withNormalization(safetensors, 'a.safetensors', 'cifar10')).toBe(safetensors);
  for (const [bytes, name] of [
    [theirs, 'theirs.onnx'],
    [safetensors, 'a.safetensors'],
    [quantized, 'c.onnx'],
  ] as const) {
    const content = withNormalization(bytes, name, 'cifar10');
    expect(
      isDeepStrictEqual(readNewFile(bytes, name, 'cifar10'), { content, read: readModelFile(content, name) }),
      name,
    ).toBe(true);
  }
  expect(() => readNewFile(Uint8Array.of(1, 2, 3), 'noise.onnx', 'unit')).toThrow(/^noise\.onnx: /);
});

test('a quantized file is no float network, and says so', () => {
  expect(() => readFloatFile(quantized, 'c.onnx')).toThrow(
    'c.onnx holds a network that is quantized already (4 bits, modern)',
  );
});
