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
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';

/** Opset 21 is the first with 4-bit DequantizeLinear; IR version 10 is the one that came with it. */
const OPSET = 21n;
const IR_VERSION = 10n;

export type OnnxBuilder = { readonly nodes: NodeProto[]; readonly initializers: Map<string, TensorProto> };

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
 * @param dataType the array's own, unless it holds packed elements
 */
export function addConstant(
  builder: OnnxBuilder,
  name: string,
  shape: readonly number[],
  data: TensorData,
  dataType = dataTypeOf(data),
): string {
  if (!builder.initializers.has(name)) {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    builder.initializers.set(name, create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType, rawData }));
  }
  return name;
}

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

/** Serializes all that was added as an ONNX model file. `metadata` becomes the model's metadata_props. */
export function serializeModel(
  builder: OnnxBuilder,
  name: string,
  inputs: readonly ValueInfoProto[],
  outputs: readonly ValueInfoProto[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name,
    node: builder.nodes,
    initializer: [...builder.initializers.values()],
    input: [...inputs],
    output: [...outputs],
  });
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: OPSET })],
    producerName: 'fewbit',
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, model);
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
