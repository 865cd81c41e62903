/** What a file says is accepted only if it can be true: scales, zero points, names of classes. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { ModelProto, TensorProto } from 'onnx-buf';
import { expect, test } from 'vitest';
import { RELU } from '../../graph/activations.ts';
import type { Graph } from '../../graph/types.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { writeFloatOnnx } from '../write/float.ts';
import { writeQdqOnnx } from '../write/qdq.ts';
import { readOnnx } from './read.ts';
import { seededFloatModel, withSeededWeights } from '../testing/seededModel.ts';

const TINY: Graph = {
  name: 'tiny',
  inputShape: [4, 4, 3],
  nodes: [
    {
      kind: 'conv',
      kernel: [3, 3],
      stride: 1,
      padding: 1,
      inChannels: 3,
      outChannels: 3,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: RELU,
      name: 'a',
      input: 'input',
    },
    { kind: 'globalAvgPool', name: 'gap', input: 'a' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 3, outFeatures: 2, bias: true, activation: null },
  ],
};

const QDQ = writeQdqOnnx(withSeededWeights(TINY, schemeFor('2021', 4, 4)));
const FLOAT = writeFloatOnnx(seededFloatModel(TINY));

function changed(bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes.slice());
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** Names of the scales and of the zero points that the file's (de)quantizers read. */
const namesOf = (index: 1 | 2): readonly string[] => [
  ...new Set(
    fromBinary(ModelProtoSchema, QDQ.slice()).graph?.node.flatMap(({ opType, input }) =>
      opType.endsWith('quantizeLinear') || opType.endsWith('QuantizeLinear') ? [input[index]] : [],
    ),
  ),
];
const SCALES = namesOf(1);
const ZEROS = namesOf(2);

function initializer(model: ModelProto, name: string): TensorProto {
  const found = model.graph?.initializer.find((tensor) => tensor.name === name);
  if (!found) throw new Error(`${name} is not in the file`);
  return found;
}

const isInitializer = (name: string): boolean =>
  fromBinary(ModelProtoSchema, QDQ.slice()).graph?.initializer.some((tensor) => tensor.name === name) ?? false;

const WRONG = [0, -0, -1, Infinity, -Infinity, NaN, 1e-40, -1e-40];

test('every scale of a file is a finite number above zero, and a normal one', () => {
  const scales = SCALES.filter(isInitializer);
  expect(scales.length).toBeGreaterThan(3);
  for (const name of scales)
    for (const wrong of WRONG) {
      const bytes = changed(QDQ, (model) => {
        const tensor = initializer(model, name);
        const data = new Float32Array(tensor.rawData.slice().buffer);
        data[data.length - 1] = wrong;
        tensor.rawData = new Uint8Array(data.buffer);
      });
      expect(() => readOnnx(bytes, 'f.onnx'), `${name} ${wrong}`).toThrow(/^f\.onnx: .*holds the scale/);
    }
});

test('a zero point is one of its codes', () => {
  const zeros = ZEROS.filter(isInitializer);
  expect(zeros.length).toBeGreaterThan(2);
  for (const name of zeros) {
    const bytes = changed(QDQ, (model) => void initializer(model, name).rawData.fill(0x7f));
    expect(() => readOnnx(bytes, 'f.onnx'), name).toThrow(/^f\.onnx: .*(zero point|another grid)/);
  }
});

test.each([
  ['empty', ['a', ''], 'its class 1 has an empty name'],
  ['the same', ['a', 'a\u200b'], 'its classes 0 and 1 have the same name, "a"'],
  ['endless', ['a', 'b'.repeat(100_000)], 'the name of its class 1 is longer than 200 characters'],
])('names of classes that are %s are refused, of float and of quantized files', (_, classes, sentence) => {
  for (const bytes of [FLOAT, QDQ]) {
    const named = changed(bytes, (model) => {
      for (const entry of model.metadataProps) if (entry.key === 'classes') entry.value = JSON.stringify(classes);
    });
    expect(() => readOnnx(named, 'f.onnx')).toThrow(sentence);
  }
});
