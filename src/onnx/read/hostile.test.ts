/** Damaged and hostile ONNX files: an error in a sentence each time, in bounded time and memory. */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { AttributeProtoSchema, ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';
import type { ModelProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import type { Graph } from '../../graph/types.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { writeFloatOnnx } from '../write/float.ts';
import { writeQdqOnnx } from '../write/qdq.ts';
import { readOnnx } from './read.ts';
import { seededFloatModel, withSeededWeights } from '../testing/seededModel.ts';

const conv = {
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
} as const;

const TINY: Graph = {
  name: 'tiny',
  inputShape: [4, 4, 3],
  nodes: [
    { ...conv, name: 'a', input: 'input' },
    { ...conv, name: 'b', input: 'a', activation: null },
    { ...conv, name: 'c', input: 'b' },
    { kind: 'add', name: 'sum', inputs: ['c', 'a'], activation: RELU },
    { kind: 'globalAvgPool', name: 'gap', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 3, outFeatures: 2, bias: true, activation: null },
  ],
};

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ['float', writeFloatOnnx(seededFloatModel(TINY))],
  ['packed at 5 bits', writeQdqOnnx(withSeededWeights(TINY, schemeFor('2021', 5, 5)))],
  ['packed at 4 bits', writeQdqOnnx(withSeededWeights(TINY, schemeFor('modern', 4, 4)))],
];

/** Reads, or refuses as it should: an Error whose sentence begins with the file's name. */
function readsOrRefuses(bytes: Uint8Array): 'read' | 'refused' {
  try {
    readOnnx(bytes, 'hostile.onnx');
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(/^hostile\.onnx: [^]/);
    return 'refused';
  }
}

describe.each(FILES)('%s', (_name, bytes) => {
  test('is refused wherever it is cut', () => {
    for (let length = 0; length < bytes.length; length += 1 + (length >> 5))
      expect(readsOrRefuses(bytes.subarray(0, length)), `${length} bytes`).toBe('refused');
  });

  test('with one bit flipped, anywhere, is read or refused', () => {
    const outcomes = { read: 0, refused: 0 };
    for (let bit = 0; bit < bytes.length * 8; bit += 1 + (bytes.length >> 7)) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      outcomes[readsOrRefuses(damaged)]++;
    }
    expect(outcomes.refused).toBeGreaterThan(outcomes.read / 10);
  });

  test('with pieces overwritten, moved and doubled is read or refused', () => {
    const at = fc.nat({ max: bytes.length - 1 });
    fc.assert(
      fc.property(at, at, fc.nat({ max: 64 }), fc.constantFrom('noise', 'move', 'double'), (to, from, length, kind) => {
        const piece = bytes.slice(from, from + length);
        const noise = seededRandom(to);
        const [head, tail] = [bytes.slice(0, to), bytes.slice(kind === 'double' ? to : to + length)];
        const between = kind === 'noise' ? piece.map(() => noise() * 256) : piece;
        readsOrRefuses(new Uint8Array([...head, ...between, ...tail]));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('a size that is a lie is refused before memory is asked for', () => {
  const changed = (index: number, change: (model: ModelProto) => void): Uint8Array => {
    const model = fromBinary(ModelProtoSchema, FILES[index][1].slice());
    change(model);
    return toBinary(ModelProtoSchema, model);
  };
  const initializer = (model: ModelProto, name: string) => {
    const found = model.graph?.initializer.find((tensor) => tensor.name === name);
    if (!found) throw new Error(`${name} is not in the file`);
    return found;
  };

  test('a tensor of 10^15 elements', () => {
    const bytes = changed(0, (model) => void (initializer(model, 'a.kernel').dims = [10n ** 5n, 10n ** 5n, 10n ** 5n]));
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow(
      /^f\.onnx: a\.kernel is \[100000,100000,100000\] and needs 4000000000000000 bytes, but has 324/,
    );
  });

  test('a table whose rows would be gathered into more than the file could hold', () => {
    const bytes = changed(1, (model) => {
      const table = initializer(model, 'uint5.field1.table');
      table.dims = [1n, 1_000_000n];
      table.rawData = new Uint8Array(1_000_000);
      const indices = initializer(model, 'uint5.field1');
      indices.dims = [1_000_000n];
      indices.rawData = new Uint8Array(1_000_000);
    });
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow('f.onnx: Gather would make [1000000,1000000] of a file of');
  });

  test('a table that is a single number', () => {
    const bytes = changed(1, (model) => {
      const table = initializer(model, 'uint5.field1.table');
      table.dims = [];
      table.rawData = new Uint8Array(1);
    });
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow('f.onnx: Gather: a single number has no rows to take.');
  });

  test('a Split into more than there is, a Reshape to another size, an image of a million pixels a side', () => {
    expect(() =>
      readOnnx(
        changed(1, (model) => {
          initializer(model, 'uint5.codes.sizes').rawData.fill(255);
        }),
        'f.onnx',
      ),
    ).toThrow('f.onnx: Split of');
    expect(() =>
      readOnnx(
        changed(1, (model) => {
          initializer(model, 'shape.3x3x3x3').rawData[0] = 7;
        }),
        'f.onnx',
      ),
    ).toThrow('f.onnx: Reshape of [81] to [7,3,3,3].');
    expect(() =>
      readOnnx(
        changed(0, (model) => {
          const type = model.graph?.input[0].type?.value;
          if (type?.case !== 'tensorType' || !type.value.shape) throw new Error('the input has no shape');
          type.value.shape.dim[2].value = { case: 'dimValue', value: 1_000_000n };
        }),
        'f.onnx',
      ),
    ).toThrow('f.onnx: its input is [?, 3, 1000000, 4]; it must be');
  });

  test('messages nested a thousand deep, a million empty ones, and numbers without end', () => {
    const nested = Array.from({ length: 1000 }).reduce<Uint8Array>(
      (inner) => lengthDelimited(1, lengthDelimited(5, lengthDelimited(6, inner))),
      new Uint8Array(0),
    );
    expect(() => readOnnx(lengthDelimited(7, nested), 'f.onnx')).toThrow(
      'f.onnx: it is damaged or no ONNX file (its messages are nested too deeply)',
    );
    const empty = new Uint8Array(2 * 1_100_000);
    for (let at = 0; at < empty.length; at += 2) empty[at] = (1 << 3) | 2;
    expect(() => readOnnx(lengthDelimited(7, empty), 'f.onnx')).toThrow('it has more than 1000000 parts');
    const zeros = toBinary(TensorProtoSchema, create(TensorProtoSchema, { name: 'x' }));
    const dims = lengthDelimited(1, new Uint8Array(65_000_000));
    expect(() => readOnnx(lengthDelimited(7, lengthDelimited(5, joinBytes([zeros, dims]))), 'f.onnx')).toThrow(
      'numbers outside its raw data',
    );
  });

  test('weights in another file', () => {
    const bytes = changed(
      0,
      (model) =>
        void initializer(model, 'a.kernel').externalData.push({
          $typeName: 'onnx.StringStringEntryProto',
          key: 'location',
          value: '/etc/passwd',
        }),
    );
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow(
      'f.onnx: a.kernel lies in another file: export the model as one file.',
    );
  });

  test('a cycle through the weights', () => {
    const bytes = changed(1, (model) => {
      const reshape = model.graph?.node.find(({ output }) => output[0] === 'a.weight');
      if (reshape) reshape.input[0] = 'a.weight';
    });
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow(/^f\.onnx: .*(cyclic|cannot be imported)/);
  });

  test.each([
    ['one input too few', (inputs: string[]) => inputs.slice(0, 1)],
    ['one input too many', (inputs: string[]) => [...inputs, inputs[0]]],
  ])('a sum with %s', (_, edit) => {
    for (const place of [0, 1]) {
      const bytes = changed(place, (model) => {
        const add = model.graph?.node.find(({ opType }) => opType === 'Add');
        if (add) add.input = edit(add.input);
      });
      expect(() => readOnnx(bytes, 'f.onnx')).toThrow(/^f\.onnx: Add \(sum\) reads [13] tensors; it must read 2\./);
    }
  });

  test('a graph inside an attribute', () => {
    const bytes = changed(
      0,
      (model) => void model.graph?.node[0].attribute.push(create(AttributeProtoSchema, { name: 'body', type: 5 })),
    );
    expect(() => readOnnx(bytes, 'f.onnx')).toThrow(
      'f.onnx: Conv: its attribute body is of a kind that cannot be imported.',
    );
  });
});

/** A field of a protobuf message that holds bytes. */
function lengthDelimited(field: number, body: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return joinBytes([Uint8Array.of((field << 3) | 2, ...length), body]);
}
