/** The QDQ file: its size, its metadata, and that ONNX Runtime fuses it to integer kernels whatever the bits. */
import { fromBinary } from '@bufbuild/protobuf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelProtoSchema } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mobilenetV2 } from '../../graph/networks/mobilenet.ts';
import { resnet20 } from '../../graph/networks/resnet.ts';
import { INPUT } from '../../graph/types.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { operatorCounts } from '../testing/operatorCounts.ts';
import { qdqOnnxLength, writeQdqOnnx } from './qdq.ts';
import { withSeededWeights } from '../testing/seededModel.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'fewbit-qdq-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['modern', 8],
  ['modern', 4],
  ['modern', 3],
  ['2021', 5],
  ['2021', 2],
] as const)('ResNet-20, %s, %i bits', (preset, bits) => {
  const model = withSeededWeights(resnet20(), schemeFor(preset, bits, bits));

  test.each(['logits', 'all'] as const)('fuses to integer kernels, outputs: %s', async (outputs) => {
    const narrow = [...model.activations.values()].filter(({ qmax }) => qmax < 255).length;
    const fused = await fusedOperators(writeQdqOnnx(model, { outputs }));
    expect(Object.fromEntries(fused)).toEqual({
      QuantizeLinear: 1,
      QLinearConv: 21,
      QLinearAdd: 9,
      QLinearGlobalAveragePool: 1,
      Flatten: 1,
      QGemm: 1,
      // The clamps below 8 bits stay, on uint8, between the kernels.
      ...(narrow > 0 ? { Clip: narrow } : {}),
    });
  });

  test('gives the same logits from packed and from int8 weights', async () => {
    const input = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(i));
    const packed = await logits(writeQdqOnnx(model), input);
    expect(packed).toEqual(await logits(writeQdqOnnx(model, { weights: 'int8' }), input));
    expect(new Set(packed).size).toBeGreaterThan(2);
  });

  test.each([{}, { weights: 'int8' }, { outputs: 'all' }] as const)(
    'tells its length before it is written: %o',
    (options) => {
      expect(qdqOnnxLength(model, options)).toBe(writeQdqOnnx(model, options).length);
    },
  );

  test('takes b bits a weight in the file', () => {
    const saved = [...model.weights.values()].reduce(
      (sum, { bits: b, codes }) => sum + (codes.length * (8 - b)) / 8,
      0,
    );
    const unpacked = writeQdqOnnx(model, { weights: 'int8' }).length;
    const overhead = writeQdqOnnx(model).length - (unpacked - saved);
    expect(overhead).toBeGreaterThanOrEqual(0);
    expect(overhead).toBeLessThan(6000);
  });
});

test('says in its metadata what it is', () => {
  const model = withSeededWeights(resnet20(), schemeFor('modern', 4, 4));
  const { metadataProps, producerName, opsetImport } = fromBinary(ModelProtoSchema, writeQdqOnnx(model));
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
  expect(metadata).toEqual({
    classes: model.classes,
    normalization: model.normalization,
    scheme: model.scheme,
    withoutRelu: expect.arrayContaining(['layer1.0.conv2']) as unknown,
  });
  expect(producerName).toBe('fewbit');
  expect(opsetImport[0].version).toBe(21n);
});

describe('refuses, naming the layer,', () => {
  const model = withSeededWeights(resnet20(), schemeFor('modern', 4, 4));

  test('missing weights or grids', () => {
    expect(() => writeQdqOnnx({ ...model, weights: new Map() })).toThrow('layer conv1 has no quantized weights');
    expect(() => writeQdqOnnx({ ...model, activations: new Map() })).toThrow('input has no activation parameters');
  });

  test('a network without a classifier at its end', () => {
    const graph = { ...model.graph, nodes: model.graph.nodes.slice(0, -1) };
    expect(() => writeQdqOnnx({ ...model, graph })).toThrow('does not end in a linear layer');
  });
});

test('ONNX Runtime fuses all of a MobileNet to its integer kernels', async () => {
  const graph = mobilenetV2({ width: 0.35, inputSize: 64, classes: 10 });
  const convolutions = graph.nodes.filter(({ kind }) => kind === 'conv').length;
  const counts = await fusedOperators(writeQdqOnnx(withSeededWeights(graph, schemeFor('modern', 4, 4))));
  expect(counts.get('QLinearConv')).toBe(convolutions);
  expect(counts.get('QGemm')).toBe(1);
  for (const float of ['Conv', 'Gemm', 'Add', 'GlobalAveragePool']) expect(counts.get(float), float).toBeUndefined();
});

/** Operators of the graph after ONNX Runtime's hardware-independent optimizations. */
async function fusedOperators(bytes: Uint8Array): Promise<Map<string, number>> {
  const optimizedModelFilePath = join(folder, 'optimized.onnx');
  const options = { optimizedModelFilePath, graphOptimizationLevel: 'extended' } as const;
  const session = await ort.InferenceSession.create(bytes, options);
  await session.release();
  return operatorCounts(readFileSync(optimizedModelFilePath));
}

async function logits(bytes: Uint8Array, input: Float32Array): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes);
  const results = await session.run({ [INPUT]: new ort.Tensor('float32', input, [2, 3, 32, 32]) });
  await session.release();
  return results['logits'].data as Float32Array;
}
