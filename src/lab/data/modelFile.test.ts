/** Files of networks, whatever their format, and what of them is refused. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { resnet20 } from '../../graph/networks/resnet.ts';
import { writeFloatOnnx } from '../../onnx/write/float.ts';
import { writeQdqOnnx } from '../../onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { torchExport } from '../../onnx/testing/torchExport.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { writeModel } from '../../weights/model.ts';
import { fromGraphWeights } from '../../weights/names.ts';
import { writeSafetensors } from '../../weights/safetensors.ts';
import { describeWeights } from './describeWeights.ts';
import {
  isOnnxFile,
  readFloatFile,
  readFloatFileOf,
  readModelFile,
  readNewFile,
  withNormalization,
} from './modelFile.ts';
import { NORMALIZATIONS } from './normalizations.ts';

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

/** A CIFAR ResNet of another tool: no metadata, and no custom of such networks. */
const bare = writeSafetensors(fromGraphWeights(graph, initialWeights(graph, 1)), { dtype: 'F32' });
const exported = plain(torchExport(seededFloatModel(graph)));

test.each([
  ['safetensors', bare, 'theirs.safetensors'],
  ['onnx', exported, 'theirs.onnx'],
] as const)('a choice is used, said to be one, and can be changed: %s', (_, bytes, name) => {
  const said = (file: Uint8Array<ArrayBuffer>) => describeWeights(file, name).normalization;
  expect(said(bytes)).toMatchObject({ ...NORMALIZATIONS.imagenet, reason: 'assumed' });
  expect(readFloatFileOf('own', bytes, name).said).toEqual([
    `${name} does not say how its pixels are scaled: ImageNet's mean and deviation are assumed. If it was trained with others, its numbers come out too low.`,
  ]);
  const signed = withNormalization(bytes, name, 'signed');
  expect(said(signed)).toMatchObject({ ...NORMALIZATIONS.signed, reason: 'chosen', name: 'signed' });
  expect(readFloatFileOf('own', signed, name)).toMatchObject({
    model: { normalization: NORMALIZATIONS.signed },
    said: [],
  });
  const again = withNormalization(signed, name, 'cifar10');
  expect(said(again)).toMatchObject({ ...NORMALIZATIONS.cifar10, reason: 'chosen', name: 'cifar10' });
  expect(readFloatFile(again, name).normalization).toEqual(NORMALIZATIONS.cifar10);
});

test('what a file says itself is never chosen otherwise', () => {
  expect(describeWeights(safetensors, 'a.safetensors', 'cifar10')).toMatchObject({
    normalization: { ...NORMALIZATION, reason: 'file' },
    namesClasses: true,
    architecture: 'resnet20',
  });
  expect(withNormalization(quantized, 'c.onnx', 'cifar10')).toBe(quantized);
});
