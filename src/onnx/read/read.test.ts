/** Files written here give back what they were written from; others' float ResNets become graphs; the rest is refused. */
import { createHash } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, NodeProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../base/float16.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { initialWeights } from '../../graph/init.ts';
import { resnet18, resnet20, resnet50 } from '../../graph/networks/resnet.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, Graph } from '../../graph/types.ts';
import { PRESET_NAMES, schemeFor } from '../../quant/schemes.ts';
import { BITS } from '../../quant/types.ts';
import type { QuantScheme } from '../../quant/types.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from '../write/builder.ts';
import { writeFloatOnnx } from '../write/float.ts';
import { writeQdqOnnx } from '../write/qdq.ts';
import { readOnnx } from './read.ts';
import { seededFloatModel, withSeededWeights } from '../testing/seededModel.ts';
import { torchExport } from '../testing/torchExport.ts';

const NORMALIZATION = { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
const small = resnet20(3);

describe('a quantized file gives back its model', () => {
  test.each(PRESET_NAMES.flatMap((preset) => BITS.map((bits) => [preset, bits] as const)))(
    '%s, %i bits, packed and plain',
    (preset, bits) => {
      const model = withSeededWeights(small, schemeFor(preset, bits, bits));
      for (const weights of ['packed', 'int8'] as const) {
        expect(digest(readOnnx(writeQdqOnnx(model, { weights }), 'a.onnx'))).toEqual(
          digest({ kind: 'quantized', model }),
        );
      }
    },
  );

  test('with a max pool, another width for weights than for activations, sums of 8 bits, and bits of its own for every layer', () => {
    const layers: Record<string, { weightBits: (typeof BITS)[number] }> = {};
    const graph = resnet18({ classes: 5, inputSize: 64 });
    graph.nodes
      .filter(({ kind }) => kind === 'conv')
      .forEach(({ name }, index) => (layers[name] = { weightBits: BITS[index % BITS.length] }));
    const scheme: QuantScheme = { ...schemeFor('modern', 3, 6), sumBits: 8, layers };
    const model = withSeededWeights(graph, scheme);
    expect(model.activations.get('layer1.0.conv2')?.bits).toBe(8);
    expect(model.activations.get('layer1.0.conv1')?.bits).toBe(6);
    expect(digest(readOnnx(writeQdqOnnx(model, { outputs: 'all' }), 'mixed.onnx'))).toEqual(
      digest({ kind: 'quantized', model }),
    );
  });

  test('from a Node Buffer, which shares its memory with others', () => {
    const model = withSeededWeights(small, schemeFor('modern', 4, 4));
    const bytes = writeQdqOnnx(model);
    const whole = Buffer.concat([Buffer.alloc(3), bytes]);
    expect(digest(readOnnx(whole.subarray(3), 'a.onnx'))).toEqual(digest({ kind: 'quantized', model }));
  });

  test('not without its metadata, nor where a code is outside its width', () => {
    const model = withSeededWeights(small, schemeFor('modern', 8, 8));
    const claimed = { ...model, scheme: schemeFor('modern', 4, 4) };
    expect(() => readOnnx(writeQdqOnnx(claimed), 'a.onnx')).toThrow(
      /^a\.onnx: layer1\.0\.conv1 has the code -?\d+, which is not one of 4 bits/,
    );
    expect(() => readOnnx(writeQdqOnnx({ ...model, classes: ['one'] }), 'a.onnx')).toThrow(
      'a.onnx: it has 3 classes, but 1 class names.',
    );
  });
});

describe('a float network becomes a graph', () => {
  test('from a file written here', () => {
    const model = seededFloatModel(small);
    expect(digest(readOnnx(writeFloatOnnx(model), 'float.onnx'))).toEqual(digest({ kind: 'float32', model }));
  });

  test('from a file in float16: the weights rounded to it, in half the bytes', () => {
    const model = seededFloatModel(small);
    const half = writeFloatOnnx(model, 'float16');
    expect(half.length / writeFloatOnnx(model).length).toBeLessThan(0.52);
    const rounded = [...model.weights].map(
      ([name, { shape, data }]) => [name, { shape, data: decodeFloat16(encodeFloat16(data)) }] as const,
    );
    expect(digest(readOnnx(half, 'half.onnx'))).toEqual(
      digest({ kind: 'float32', model: { ...model, weights: new Map(rounded) } }),
    );
  });

  test.each([
    ['resnet18', resnet18({ classes: 4, inputSize: 64 })],
    ['resnet50', resnet50({ classes: 4, inputSize: 64 })],
    ['resnet50-v1', resnet50({ classes: 4, inputSize: 64, stride: 'v1' })],
    ['resnet20', small],
  ])('from PyTorch, %s: batch norms kept or folded, additions either way, known names again', (name, unfolded) => {
    const weights = initialWeights(unfolded, 7);
    for (const { graph, weights: arrays, swapped } of [
      { graph: unfolded, weights, swapped: false },
      { ...foldBatchNorm(unfolded, weights), swapped: true },
    ]) {
      const read = readOnnx(torchExport(floatModel(graph, arrays), { swapped }), 'theirs.onnx', {
        normalization: NORMALIZATION,
      });
      expect(read.kind).toBe('float32');
      expect(read.model.graph).toEqual({ ...graph, name, nodes: graph.nodes.map((node) => batchNormAsRead(node)) });
      expect(read.model.normalization).toEqual(NORMALIZATION);
      expect(digest((read.model as FloatModel).weights)).toEqual(digest(arrays));
    }
  });

  test('of another build, under the names of its own modules', () => {
    const graph: Graph = {
      ...small,
      nodes: small.nodes.map((node) =>
        node.name === 'conv1' && node.kind === 'conv' ? { ...node, activation: null } : node,
      ),
    };
    const read = readOnnx(torchExport(floatModel(graph, initialWeights(graph, 1))), 'other.onnx', {
      normalization: NORMALIZATION,
    });
    expect(read.model.graph.name).toBe('main_graph');
    expect(read.model.graph.nodes.map(({ name }) => name)).toContain('layer1.0.conv1');
  });

  test('but asks for what no exporter writes: the normalization', () => {
    expect(() => readOnnx(torchExport(floatModel(small, initialWeights(small, 1))), 'theirs.onnx')).toThrow(
      'theirs.onnx: it does not say how its input is normalized',
    );
  });
});

describe('refuses in a sentence', () => {
  const read = (nodes: readonly (readonly [string, readonly string[], string])[]): (() => unknown) => {
    const builder = newOnnxBuilder();
    addConstant(builder, 'w', [2, 3, 1, 1], new Float32Array(6));
    for (const [opType, inputs, output] of nodes) addNode(builder, opType, inputs, output);
    const bytes = serializeModel(
      builder,
      'g',
      [valueInfo(INPUT, 1, ['n', 3, 8, 8])],
      [valueInfo('out', 1, ['n', 2])],
      {},
    );
    return () => readOnnx(bytes, 'f.onnx', { normalization: NORMALIZATION });
  };

  test('an operator that no ResNet has, by its name', () => {
    expect(
      read([
        ['Conv', [INPUT, 'w'], 'a'],
        ['Sigmoid', ['a'], 'out'],
      ]),
    ).toThrow('f.onnx: the operator Sigmoid (out) cannot be imported: a float network may have Conv,');
    expect(read([['constructor', [INPUT], 'out']])).toThrow('the operator constructor (out)');
  });

  test('a graph that is cyclic or out of order', () => {
    expect(
      read([
        ['Relu', ['b'], 'a'],
        ['Relu', ['a'], 'b'],
      ]),
    ).toThrow(
      'f.onnx: Relu (a) reads b, which no operator before it writes: the graph is cut, cyclic or out of order.',
    );
  });

  test('a ReLU or a batch norm that stands alone', () => {
    expect(read([['Relu', [INPUT], 'a']])).toThrow('Relu (a) must follow conv or add directly');
    expect(
      read([
        ['Conv', [INPUT, 'w'], 'a'],
        ['Relu', ['a'], 'b'],
        ['Add', ['a', 'b'], 'out'],
      ]),
    ).toThrow('Relu (b) must follow conv or add directly, and be the only one');
  });

  test('a network that ends in no classifier', () => {
    expect(read([['Conv', [INPUT, 'w'], 'out']])).toThrow(
      'f.onnx: its output out is not what a Gemm at its end gives.',
    );
  });

  test('operators that are none of ONNX’s own, and files that are no model', () => {
    const fileOf = (opType: string): Uint8Array => {
      const node = create(NodeProtoSchema, { opType, domain: 'com.microsoft', input: [INPUT], output: ['out'] });
      const graph = create(GraphProtoSchema, {
        node: [node],
        input: [valueInfo(INPUT, 1, ['n', 3, 8, 8])],
        output: [valueInfo('out', 1, [])],
      });
      return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph }));
    };
    expect(() => readOnnx(fileOf('FusedMatMul'), 'f.onnx')).toThrow(
      'the operator com.microsoft.FusedMatMul is none of ONNX',
    );
    // QLinearAdd is ONNX Runtime's own and is read; without its scales it cannot be.
    expect(() => readOnnx(fileOf('QLinearAdd'), 'f.onnx')).toThrow('f.onnx: an operator lacks an input that it needs');
    expect(() => readOnnx(new Uint8Array(0), 'f.onnx')).toThrow('f.onnx: this is no ONNX model');
    expect(() => readOnnx(new TextEncoder().encode('<!doctype html><html>'), 'f.onnx')).toThrow(
      /^f\.onnx: .*(no ONNX|damaged)/,
    );
  });
});

function floatModel(graph: Graph, weights: FloatModel['weights']): FloatModel {
  return { graph, weights, normalization: NORMALIZATION, classes: [] };
}

/** ONNX keeps a batch norm's epsilon in float32. */
function batchNormAsRead(node: Graph['nodes'][number]): Graph['nodes'][number] {
  return node.kind === 'conv' && node.batchNorm
    ? { ...node, batchNorm: { eps: Math.fround(node.batchNorm.eps) } }
    : node;
}

/** Every typed array replaced by its type and hash: nothing walks millions of numbers one by one. */
function digest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const hash = createHash('sha256')
      .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex');
    return `${value.constructor.name} of ${value.byteLength} bytes, ${hash}`;
  }
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, digest(each)]));
  if (Array.isArray(value)) return value.map(digest);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, digest(each)]));
}
