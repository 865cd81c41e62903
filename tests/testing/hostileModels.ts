/** Files of networks that mean harm. */
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto, type NodeProtoSchema, type TensorProtoSchema } from 'onnx-buf';
import { resnet20 } from '../../src/graph/networks/resnet.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import { withSeededWeights } from '../../src/onnx/testing/seededModel.ts';
import { writeQdqOnnx } from '../../src/onnx/write/qdq.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param length what the file says of its header's length */
export function safetensors(header: string, data = 0, length = BigInt(header.length)): Uint8Array {
  const head = bytesOf(header);
  const file = new Uint8Array(8 + head.length + data);
  new DataView(file.buffer).setBigUint64(0, BigInt.asUintN(64, length), true);
  file.set(head, 8);
  return file;
}

/** One tensor after the other, each with these places. */
type Place = readonly [shape: readonly number[], from: number, to: number];

const tensors = (...places: readonly Place[]): string => tensorsAt(places);

const tensorsAt = (places: readonly Place[]): string =>
  JSON.stringify(
    Object.fromEntries(
      places.map(([shape, from, to], i) => [`conv${i}.weight`, { dtype: 'F32', shape, data_offsets: [from, to] }]),
    ),
  );

export const SAFETENSORS: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ['overlapping.safetensors', () => safetensors(tensors([[4], 0, 16], [[4], 8, 24]), 24)],
  ['gap.safetensors', () => safetensors(tensors([[1], 0, 4], [[1], 1_000_000, 1_000_004]), 1_000_004)],
  ['beyond.safetensors', () => safetensors(tensors([[2 ** 40], 0, 2 ** 42]), 16)],
  ['wraps.safetensors', () => safetensors(tensors([[2 ** 32, 2 ** 32], 0, 0]), 0)],
  ['backwards.safetensors', () => safetensors(tensors([[1], 8, 4]), 8)],
  ['header-of-exabytes.safetensors', () => safetensors('{}', 0, 2n ** 62n)],
  ['header-below-zero.safetensors', () => safetensors('{}', 0, -1n)],
  ['deep.safetensors', () => safetensors(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
  ['proto.safetensors', () => safetensors('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['dimensions.safetensors', () => safetensors(tensors([Array<number>(100_000).fill(1), 0, 4]), 4)],
  ['many.safetensors', () => safetensors(tensorsAt(Array.from({ length: 200_000 }, (): Place => [[0], 0, 0])))],
];

type Nodes = readonly MessageInitShape<typeof NodeProtoSchema>[];
type Tensors = readonly MessageInitShape<typeof TensorProtoSchema>[];

/** [1, 3, 8, 8] of images through these operators. */
function onnx(node: Nodes, initializer: Tensors = [], output = 'y'): Uint8Array {
  const dim = [1, 3, 8, 8].map((value) => ({ value: { case: 'dimValue', value: BigInt(value) } as const }));
  const type = { value: { case: 'tensorType', value: { elemType: 1, shape: { dim } } } } as const;
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        name: 'g',
        node: [...node],
        initializer: [...initializer],
        input: [{ name: 'x', type }],
        output: [{ name: output }],
      },
    }),
  );
}

const floats = (name: string, dims: readonly number[], rawData = new Uint8Array()): Tensors[number] => ({
  name,
  dataType: 1,
  dims: dims.map(BigInt),
  rawData,
});

const longs = (name: string, values: readonly (number | bigint)[]): Tensors[number] => ({
  name,
  dataType: 7,
  dims: [BigInt(values.length)],
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

const op = (opType: string, input: readonly string[], output: string): Nodes[number] => ({
  opType,
  name: output,
  input: [...input],
  output: [output],
});

/** A convolution of what these operators make of constants. */
const weightsOf = (nodes: Nodes, initializers: Tensors): Uint8Array =>
  onnx([...nodes, op('Conv', ['x', 'w'], 'y')], initializers);

function quantizedWith(edit: (graph: GraphProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, writeQdqOnnx(withSeededWeights(resnet20(10), schemeFor('2021', 4, 4))));
  if (model.graph) edit(model.graph);
  return toBinary(ModelProtoSchema, model);
}

/** The constant that the first quantizer reads in this place. */
function quantizerOf(graph: GraphProto, place: number): GraphProto['initializer'][number] {
  const node = graph.node.find(({ opType }) => opType === 'QuantizeLinear');
  const found = graph.initializer.find(({ name }) => name === node?.input[place]);
  if (!found) throw new Error('The file has no quantizer.');
  return found;
}

const scaleOf =
  (scale: number) =>
  (graph: GraphProto): void => {
    quantizerOf(graph, 1).rawData = new Uint8Array(Float32Array.of(scale).buffer);
  };

export const ONNX: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ['huge-dims.onnx', () => weightsOf([], [floats('w', [2 ** 31, 2 ** 31, 3, 3])])],
  ['negative-dims.onnx', () => weightsOf([], [floats('w', [-4, -3, 3, 3], new Uint8Array(432))])],
  ['million-dims.onnx', () => weightsOf([], [floats('w', Array<number>(300_000).fill(1), new Uint8Array(4))])],
  [
    'external.onnx',
    () =>
      weightsOf(
        [],
        [
          {
            ...floats('w', [4, 3, 3, 3]),
            dataLocation: 1,
            externalData: [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: '../../etc/passwd' }],
          },
        ],
      ),
  ],
  ['circle.onnx', () => onnx([op('Relu', ['b'], 'a'), op('Relu', ['a'], 'b'), op('Add', ['a', 'x'], 'y')])],
  ['reads-itself.onnx', () => onnx([op('Add', ['x', 'y'], 'y')])],
  [
    'doubles.onnx',
    () =>
      weightsOf(
        Array.from({ length: 40 }, (_, i) => op('Concat', [`w${i}`, `w${i}`], i === 39 ? 'w' : `w${i + 1}`)),
        [floats('w0', [1, 3, 3, 3], new Uint8Array(108))],
      ),
  ],
  ['fills.onnx', () => weightsOf([op('ConstantOfShape', ['s'], 'w')], [longs('s', [100_000, 100_000, 3, 3])])],
  ['fills-below.onnx', () => weightsOf([op('ConstantOfShape', ['s'], 'w')], [longs('s', [-(2n ** 63n), 3, 3, 3])])],
  [
    'tiles.onnx',
    () =>
      weightsOf(
        [op('Tile', ['a', 's'], 'w')],
        [floats('a', [1, 3, 3, 3], new Uint8Array(108)), longs('s', [2 ** 40, 1, 1, 1])],
      ),
  ],
  [
    'expands.onnx',
    () =>
      weightsOf(
        [op('Expand', ['a', 's'], 'w')],
        [floats('a', [1], new Uint8Array(4)), longs('s', [65536, 65536, 3, 3])],
      ),
  ],
  [
    'pads.onnx',
    () =>
      weightsOf(
        [op('Pad', ['a', 's'], 'w')],
        [floats('a', [1, 3, 3, 3], new Uint8Array(108)), longs('s', [2 ** 40, 0, 0, 0, 0, 0, 0, 0])],
      ),
  ],
  [
    'ten-thousand-relus.onnx',
    () =>
      onnx(
        Array.from({ length: 60_000 }, (_, i) =>
          op('Relu', [i === 0 ? 'x' : `r${i}`], i === 59_999 ? 'y' : `r${i + 1}`),
        ),
      ),
  ],
  [
    'sums.onnx',
    () =>
      onnx(
        Array.from({ length: 5000 }, (_, i) =>
          op('Add', [i === 0 ? 'x' : `s${i}`, i === 0 ? 'x' : `s${i}`], i === 4999 ? 'y' : `s${i + 1}`),
        ),
      ),
  ],
  ['long-names.onnx', () => onnx([op('\u202eUnknown\u0000'.repeat(20_000), ['x'], 'y')])],
  ['scale-infinite.onnx', () => quantizedWith(scaleOf(Infinity))],
  ['scale-nan.onnx', () => quantizedWith(scaleOf(NaN))],
  ['scale-denormal.onnx', () => quantizedWith(scaleOf(1e-40))],
  ['scale-zero.onnx', () => quantizedWith(scaleOf(0))],
  ['zero-point.onnx', () => quantizedWith((graph) => void (quantizerOf(graph, 2).rawData = Uint8Array.of(255)))],
];
