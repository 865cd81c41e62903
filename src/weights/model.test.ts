import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementCount } from '../graph/arrays.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import { initialWeights } from '../graph/init.ts';
import { resnet18, resnet20 } from '../graph/networks/resnet.ts';
import { weightShapes } from '../graph/shapes.ts';
import type { FloatModel, Graph, NamedArray } from '../graph/types.ts';
import { decodeFloat16, encodeFloat16 } from '../base/float16.ts';
import type { Metadata } from './metadata.ts';
import { readModel, writeModel } from './model.ts';
import { fromGraphWeights } from './names.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';

const FILE = 'model.safetensors';
const ORIGIN = { source: 'a test', licence: 'MIT' };
const CLASSES = ['plane', 'car', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'lorry'];

const model: FloatModel = {
  graph: resnet20(),
  weights: initialWeights(resnet20(), 1),
  normalization: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
  classes: CLASSES,
};

/** Shapes and bytes as text: compares a million values in no time. */
const asText = (arrays: ReadonlyMap<string, NamedArray>) =>
  [...arrays].map(([name, { shape, data }]) => [name, shape, Buffer.from(data.buffer).toString('base64')]);

/** A file without metadata but for what is given: as from torchvision or timm. */
function bareFile(graph: Graph, metadata: Metadata = {}): Uint8Array<ArrayBuffer> {
  const zeros = [...weightShapes(graph)].map(([name, shape]): [string, NamedArray] => [
    name,
    { shape, data: new Float32Array(elementCount(shape)) },
  ]);
  return writeSafetensors(fromGraphWeights(graph, new Map(zeros)), { dtype: 'F16', metadata });
}

describe('a written model', () => {
  test('is read back whole in F32', () => {
    const read = readModel(writeModel(model, 'F32', ORIGIN), FILE);
    expect({ ...read, weights: null }).toEqual({ ...model, weights: null });
    expect(asText(read.weights)).toEqual(asText(model.weights));
  });

  test('is read back with kernels rounded to half precision in F16', () => {
    const file = writeModel(model, 'F16', ORIGIN);
    expect(file.length).toBeLessThan(600_000);
    const half = ({ shape, data }: NamedArray) =>
      shape.length > 1 ? { shape, data: decodeFloat16(encodeFloat16(data)) } : { shape, data };
    const rounded = new Map([...model.weights].map(([name, array]) => [name, half(array)]));
    expect(asText(readModel(file, FILE).weights)).toEqual(asText(rounded));
  });

  test('says what it is and where it is from', () => {
    expect(readSafetensors(writeModel(model, 'F16', { ...ORIGIN, seed: '1' }), FILE).metadata).toEqual({
      format: 'pt',
      architecture: 'resnet20-cifar',
      eps: '0.00001',
      mean: '[0.1,0.2,0.3]',
      std: '[0.4,0.5,0.6]',
      classes: JSON.stringify(CLASSES),
      inputSize: '32',
      source: 'a test',
      licence: 'MIT',
      seed: '1',
    });
  });

  test('keeps an epsilon and an input size of its own', () => {
    const batchNorm = { eps: 1e-3 };
    const nodes = model.graph.nodes.map((node) => (node.kind === 'conv' ? { ...node, batchNorm } : node));
    const graph: Graph = { ...model.graph, inputShape: [64, 64, 3], nodes };
    expect(readModel(writeModel({ ...model, graph }, 'F16', ORIGIN), FILE).graph).toEqual(graph);
  });

  test('cannot be folded, mixed or unknown', () => {
    const folded = { ...model, ...foldBatchNorm(model.graph, model.weights) };
    expect(() => writeModel(folded, 'F32', ORIGIN)).toThrow(/resnet20 cannot be written/);
    const mixed: Graph = {
      ...model.graph,
      nodes: model.graph.nodes.map((node) => (node.name === 'conv1' ? { ...node, batchNorm: { eps: 0.1 } } : node)),
    };
    expect(() => writeModel({ ...model, graph: mixed }, 'F32', ORIGIN)).toThrow(/all with one epsilon/);
    const unknown = { ...model, graph: { ...model.graph, name: 'vgg' } };
    expect(() => writeModel(unknown, 'F32', ORIGIN)).toThrow(/vgg is none/);
  });
});

describe('readModel', () => {
  test('takes from the options what the file does not say', () => {
    const file = bareFile(resnet20());
    const { normalization } = model;
    expect(() => readModel(file, FILE)).toThrow(/does not say how its input is normalized/);
    expect(readModel(file, FILE, { normalization })).toMatchObject({ graph: resnet20(), normalization });
    expect(readModel(file, FILE, { normalization }).classes.slice(0, 2)).toEqual(['class 0', 'class 1']);
    expect(readModel(file, FILE, { normalization, classes: CLASSES }).classes).toBe(CLASSES);
    expect(() => readModel(file, FILE, { normalization, classes: ['cat'] })).toThrow(/10 classes, but 1 class names/);
    expect(readModel(file, FILE, { normalization, inputSize: 96 }).graph.inputShape).toEqual([96, 96, 3]);
  });

  test('knows ImageNet\u2019s normalization, and counts the classes', () => {
    const graph = resnet18({ classes: 7 });
    const read = readModel(bareFile(graph, { format: 'pt' }), FILE);
    expect(read).toMatchObject({ graph, normalization: IMAGENET_NORMALIZATION });
    expect(read.classes).toHaveLength(7);
  });

  const oneTensor = writeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(1) }]]), { dtype: 'F32' });
  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['another network', oneTensor, 'holds a network of another kind, which is none of resnet20-cifar, resnet18,'],
    ['another network than it says', bareFile(resnet20(), { architecture: 'resnet18' }), 'is not a whole resnet18'],
    ['no classifier', bareFile({ ...resnet20(), nodes: resnet20().nodes.slice(0, -1) }), 'has no classifier'],
  ])('refuses %s', (_, file, message) => {
    expect(() => readModel(file, FILE)).toThrow(`${FILE} ${message}`);
  });

  test('a damaged header is read or refused, by the name of the file', () => {
    const whole = writeModel(model, 'F16', ORIGIN);
    const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.nat(255), (at, to) => {
        const file = whole.slice();
        file[at] = to;
        try {
          expect(readModel(file, FILE).weights.size).toBe(model.weights.size);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(String(error)).toMatch(/^Error: model\.safetensors/);
        }
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});
