/** A few functions over onnx-buf's messages: collect nodes and initializers, then serialize them as one model. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';

/** Opset 21 is the first with 4-bit DequantizeLinear; IR version 10 is the one that came with it. */
const OPSET = 21n;
const IR_VERSION = 10n;

/** Bytes that are made once the file is written: its length needs their number alone. */
export type LaterData = { readonly byteLength: number; readonly dataType: DataType; readonly bytes: () => Uint8Array };

/** `tensor` lacks its data. */
type Constant = { readonly tensor: TensorProto; readonly data: LaterData };

export type OnnxBuilder = { readonly nodes: NodeProto[]; readonly initializers: Map<string, Constant> };

export type TensorData = Float32Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;

/** Numbers are integers, unless they say otherwise. */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

export function newOnnxBuilder(): OnnxBuilder {
  return { nodes: [], initializers: new Map() };
}

/**
 * Appends a node that writes the tensor `output`, whose name is returned. An input that is absent is ''.
 *
 * Only layers get a node name: every other node is known by its output, and names are a good part of a small file.
 */
export function addNode(
  builder: OnnxBuilder,
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
  name = '',
): string {
  addNodeWithOutputs(builder, opType, inputs, [output], attributes, name);
  return output;
}

/** Appends a node that writes several tensors. */
export function addNodeWithOutputs(
  builder: OnnxBuilder,
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  name = '',
): void {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
  builder.nodes.push(create(NodeProtoSchema, { opType, name, input: [...inputs], output: [...outputs], attribute }));
}

/**
 * Adds a constant tensor and returns its name; a name that is there already is taken to be the same constant.
 *
 * @param data the array as it is now, or what will make it
 * @param dataType the array's own, unless it holds packed elements
 */
export function addConstant(
  builder: OnnxBuilder,
  name: string,
  shape: readonly number[],
  data: TensorData | LaterData,
  dataType = 'bytes' in data ? data.dataType : dataTypeOf(data),
): string {
  if (!builder.initializers.has(name)) {
    const tensor = create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType });
    builder.initializers.set(name, { tensor, data: 'bytes' in data ? data : dataOf(data, dataType) });
  }
  return name;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const dataOf = (data: TensorData, dataType: DataType): LaterData => ({
  byteLength: data.byteLength,
  dataType,
  bytes: () => bytesOf(data),
});

/** A constant of as many elements as `like`, in an order that is made once the file is written. */
export const reordered = <T extends TensorData>(like: T, make: () => T): LaterData => ({
  byteLength: like.byteLength,
  dataType: dataTypeOf(like),
  bytes: () => bytesOf(make()),
});

/** Describes a graph input or output; a dimension given as a string is symbolic. */
export function valueInfo(name: string, elemType: DataType, dims: readonly (number | string)[]): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === 'string' ? { case: 'dimParam', value: size } : { case: 'dimValue', value: BigInt(size) },
    }),
  );
  const shape = create(TensorShapeProtoSchema, { dim });
  const tensor = create(TypeProto_TensorSchema, { elemType, shape });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

/** What a file holds besides its constants; `metadata` becomes the model's metadata_props. */
export type ModelParts = readonly [
  builder: OnnxBuilder,
  name: string,
  inputs: readonly ValueInfoProto[],
  outputs: readonly ValueInfoProto[],
  metadata: Readonly<Record<string, string>>,
];

/** Serializes all that was added as an ONNX model file. */
export function serializeModel(...parts: ModelParts): Uint8Array {
  const [builder] = parts;
  const graph = graphOf(parts);
  for (const { tensor, data } of builder.initializers.values()) {
    const { name, dims, dataType } = tensor;
    graph.initializer.push(
      create(TensorProtoSchema, { name, dims, dataType, rawData: data.bytes() as Uint8Array<ArrayBuffer> }),
    );
  }
  return toBinary(ModelProtoSchema, modelOf(parts, graph));
}

/**
 * The length of the file that {@link serializeModel} writes, without making the bytes of its constants: a message within
 * a message is a tag (one byte for field numbers below 16), its length as a varint, and itself.
 * https://protobuf.dev/programming-guides/encoding/
 */
export function modelLength(...parts: ModelParts): number {
  const [builder] = parts;
  const graph = graphOf(parts);
  const constants = [...builder.initializers.values()].reduce(
    (sum, { tensor, data }) =>
      sum + fieldLength(toBinary(TensorProtoSchema, tensor).length + fieldLength(data.byteLength)),
    0,
  );
  const graphLength = toBinary(GraphProtoSchema, graph).length + constants;
  return toBinary(ModelProtoSchema, modelOf(parts)).length + fieldLength(graphLength);
}

function fieldLength(length: number): number {
  const varint = Math.max(1, Math.ceil(Math.log2(length + 1) / 7));
  return 1 + varint + length;
}

/** Without its constants. */
const graphOf = ([builder, name, inputs, outputs]: ModelParts): GraphProto =>
  create(GraphProtoSchema, { name, node: builder.nodes, input: [...inputs], output: [...outputs] });

function modelOf([, , , , metadata]: ModelParts, graph?: GraphProto): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: OPSET })],
    producerName: 'fewbit',
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

function attributeProto(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

function dataTypeOf(data: TensorData): DataType {
  if (data instanceof Float32Array) return DataType.FLOAT;
  if (data instanceof Int32Array) return DataType.INT32;
  if (data instanceof BigInt64Array) return DataType.INT64;
  return data instanceof Int8Array ? DataType.INT8 : DataType.UINT8;
}
