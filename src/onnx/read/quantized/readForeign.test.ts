/** Files of ONNX Runtime's own tools, in both formats, are the very codes that are in them. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { resnet20 } from '../../../graph/networks/resnet.ts';
import { schemeFor } from '../../../quant/schemes.ts';
import type { QuantizedModel } from '../../../quant/types.ts';
import { onCodes, signed, silent, withGraph } from '../../testing/foreign.ts';
import { withSeededWeights } from '../../testing/seededModel.ts';
import { apart, outputOf, seededImages } from '../../testing/session.ts';
import { writeQdqOnnx } from '../../write/qdq.ts';
import { readOnnx } from '../read.ts';

const NORMALIZATION = { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
const MODELS = {
  'int8 weights, one scale a channel': withSeededWeights(resnet20(3), schemeFor('modern', 8, 8)),
  'uint8 weights, one scale a tensor': withSeededWeights(resnet20(3), schemeFor('2021', 8, 8)),
};
const FORMATS: Readonly<Record<string, (file: Uint8Array) => Uint8Array>> = {
  'QDQ, uint8 activations': silent,
  'QDQ, int8 activations': (file) => signed(silent(file)),
  'QOperator, uint8 activations': (file) => onCodes(silent(file)),
  'QOperator, int8 activations': (file) => signed(onCodes(silent(file))),
};

function read(file: Uint8Array): QuantizedModel {
  const { kind, model } = readOnnx(file, 'q.onnx', { normalization: NORMALIZATION });
  if (kind !== 'quantized') throw new Error(`it is read as ${kind}`);
  return model;
}

describe.each(Object.entries(MODELS))('%s', (_, model) => {
  // ONNX Runtime has no convolution of int8 codes by uint8 weights.
  const formats = Object.entries(FORMATS).filter(
    ([name]) => !(model.scheme.name === '2021' && /QOp.*int8/.test(name) && !/uint8/.test(name)),
  );
  test.each(formats)('%s', async (__, format) => {
    const file = format(writeQdqOnnx(model, { weights: 'int8' }));
    const found = read(file);
    expect(found.graph).toEqual(model.graph);
    expect(found.normalization).toEqual(NORMALIZATION);
    expect(new Map(found.activations)).toEqual(new Map(model.activations));
    for (const [name, { codes, scale, zeroPoint, bias }] of model.weights) {
      const theirs = found.weights.get(name);
      expect(theirs && Buffer.from(theirs.codes.buffer).equals(Buffer.from(codes.buffer)), name).toBe(true);
      expect(theirs?.scale).toEqual(scale);
      expect(theirs?.zeroPoint).toEqual(zeroPoint);
      expect(theirs?.bias).toEqual(bias);
    }
    const images = seededImages(1, model.graph.inputShape);
    const dims = [1, 3, 32, 32];
    expect(apart(await outputOf(writeQdqOnnx(found), images, dims), await outputOf(file, images, dims))).toBeLessThan(
      1e-4,
    );
  });
});

describe('is refused in a sentence', () => {
  const file = silent(writeQdqOnnx(MODELS['int8 weights, one scale a channel'], { weights: 'int8' }));
  const bits = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(Float32Array.of(value).buffer);

  test.each([0, -1, NaN, Infinity, 1e-40])('a scale of %d', (value) => {
    const broken = withGraph(file, ({ initializer }) => {
      for (const tensor of initializer) if (/^scale\./.test(tensor.name)) tensor.rawData = bits(value);
    });
    expect(() => read(broken)).toThrow(
      /^q\.onnx: scale\.\S+ holds the scale .*: a scale is a finite number above zero/,
    );
    const weights = withGraph(file, ({ initializer }) => {
      for (const tensor of initializer)
        if (tensor.name === 'layer1.0.conv2.weight.scale') tensor.rawData.set(bits(value), 8);
    });
    expect(() => read(weights)).toThrow(/^q\.onnx: layer1\.0\.conv2\.weight\.scale holds the scale/);
  });

  test('a zero point that is none of 8 bits', () => {
    const broken = withGraph(file, ({ initializer }) => {
      for (const tensor of initializer) {
        if (!/^zero\./.test(tensor.name)) continue;
        tensor.dataType = DataType.INT32;
        tensor.rawData = new Uint8Array(Int32Array.of(400).buffer);
      }
    });
    expect(() => read(broken)).toThrow('an activation must have one scale and one zero point in 8 bits');
  });

  test('a layer whose output is not rounded', () => {
    const broken = withGraph(file, (graph) => {
      const at = graph.node.findIndex(
        ({ opType, input }) => opType === 'QuantizeLinear' && input[0] === 'layer1.0.conv1',
      );
      const [, dequantizer] = graph.node.splice(at, 2);
      for (const node of graph.node)
        node.input = node.input.map((name) => (name === dequantizer.output[0] ? 'layer1.0.conv1' : name));
    });
    expect(() => read(broken)).toThrow(
      'layer1.0.conv1 is not rounded (it has no QuantizeLinear): the network is quantized in part only. Quantize with quantize_static(',
    );
  });

  test('grids of each image’s own', () => {
    const broken = withGraph(file, ({ node }) => {
      node[node.length - 1].opType = 'MatMulInteger';
    });
    expect(() => read(broken)).toThrow('MatMulInteger rounds activations on a grid of each image');
  });

  test('an operator on codes that no network here has', () => {
    const broken = withGraph(file, ({ node }) => {
      const add = node.find(({ opType }) => opType === 'Add');
      if (add) Object.assign(add, { opType: 'QLinearConcat', domain: 'com.microsoft' });
    });
    expect(() => read(broken)).toThrow('com.microsoft.QLinearConcat');
  });
});
