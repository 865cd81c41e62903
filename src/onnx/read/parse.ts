/** ONNX bytes to nodes, constants and metadata as plain data: bounded before anything is allocated. */
import { plainText } from '../../base/plainText.ts';
import { fromBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation as DataLocation,
} from 'onnx-buf';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import { requireModestMessage } from './guard.ts';

/** A protobuf message cannot be larger than 2 GiB; ResNet-152 is 241 MB in float32. */
const MAX_FILE_BYTES = 2 ** 29;

export type OnnxNode = {
  /** Of an operator that is none of ONNX's own, with its domain: com.microsoft.QLinearAdd. */
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};

export type Attribute = number | string | readonly number[] | TensorProto;

export type OnnxFile = {
  readonly fileName: string;
  readonly bytes: number;
  readonly producer: string;
  readonly graphName: string;
  /** As the file lists them, which must be topological order. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The one input that is no initializer; a dimension that is symbolic or absent is null. */
  readonly input: { readonly name: string; readonly dims: readonly (number | null)[] };
  readonly output: string;
  /** All of its outputs; `output` is the first. */
  readonly outputs: readonly string[];
};

/** Names in a file can be as long as the file. */
const LONGEST_SENTENCE = 600;

/** Every refusal begins with the file's name. */
export function refusal(fileName: string, sentence: string, cause?: unknown): Error {
  return new Error(
    `${fileName}: ${plainText(sentence, LONGEST_SENTENCE)}`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * @throws Error naming the file and what is wrong: it is too large, damaged, or not one network with one image input
 */
export function parseOnnx(bytes: Uint8Array, fileName: string): OnnxFile {
  if (bytes.length > MAX_FILE_BYTES)
    throw refusal(fileName, `${bytes.length} bytes are more than the ${MAX_FILE_BYTES} that can be opened.`);
  const model = decoded(bytes, fileName);
  const { graph } = model;
  if (!graph || graph.node.length === 0)
    throw refusal(fileName, 'this is no ONNX model: it has no operators. Export or download it again.');
  if (model.functions.length > 0)
    throw refusal(fileName, 'it defines operators of its own (functions), which cannot be imported.');
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  return {
    fileName,
    bytes: bytes.length,
    producer: model.producerName,
    graphName: graph.name,
    nodes: graph.node.map((node) => plainNode(node, fileName)),
    initializers,
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    input: onlyInput(graph, initializers, fileName),
    output: firstOutput(graph, fileName),
    outputs: graph.output.map(({ name }) => name),
  };
}

function decoded(bytes: Uint8Array, fileName: string): ModelProto {
  try {
    requireModestMessage(ModelProtoSchema, bytes);
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refusal(fileName, `it is damaged or no ONNX file (${reason}). Export or download it again.`, cause);
  }
}

function plainNode({ opType, domain, name, input, output, attribute }: NodeProto, fileName: string): OnnxNode {
  if (!output[0]) throw refusal(fileName, `its operator ${opType} (${name}) writes nothing.`);
  const attributes = attribute.map((each) => [each.name, plainAttribute(each, opType, fileName)] as const);
  const isOwn = domain === '' || domain === 'ai.onnx';
  return {
    opType: isOwn ? opType : `${domain}.${opType}`,
    name,
    inputs: input,
    outputs: output,
    attributes: new Map(attributes),
  };
}

function plainAttribute(
  { name, type, i, f, s, ints, floats, t }: AttributeProto,
  opType: string,
  fileName: string,
): Attribute {
  if (type === AttributeType.INT) return Number(i);
  if (type === AttributeType.FLOAT) return f;
  if (type === AttributeType.STRING) return new TextDecoder().decode(s);
  if (type === AttributeType.INTS) return ints.map(Number);
  if (type === AttributeType.FLOATS) return floats;
  if (type === AttributeType.TENSOR && t) return t;
  throw refusal(fileName, `${opType}: its attribute ${name} is of a kind that cannot be imported.`);
}

function onlyInput(
  graph: GraphProto,
  initializers: ReadonlyMap<string, TensorProto>,
  fileName: string,
): OnnxFile['input'] {
  const inputs = graph.input.filter(({ name }) => !initializers.has(name));
  if (inputs.length !== 1)
    throw refusal(fileName, `it has ${inputs.length} inputs; a network with one, of images, can be imported.`);
  return { name: inputs[0].name, dims: dimensions(inputs[0]) };
}

function dimensions({ type }: ValueInfoProto): (number | null)[] {
  if (type?.value.case !== 'tensorType') return [];
  return (type.value.value.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : null,
  );
}

/** The first output; files written here may have the codes of every tensor as more of them. */
function firstOutput(graph: GraphProto, fileName: string): string {
  const [first] = graph.output;
  if (first === undefined) throw refusal(fileName, 'it has no output.');
  return first.name;
}

/** Whether a tensor's values are in the file itself. */
export const isEmbedded = ({ dataLocation, externalData }: TensorProto): boolean =>
  dataLocation !== DataLocation.EXTERNAL && externalData.length === 0;
