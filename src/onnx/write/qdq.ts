/** QuantizedModel to an ONNX file in QDQ form, which ONNX Runtime fuses to its integer kernels. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { INPUT } from '../../graph/types.ts';
import type { ConvNode, GraphNode, LinearNode, TensorName } from '../../graph/types.ts';
import type { ActivationParams, QuantizedModel } from '../../quant/types.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from './builder.ts';
import type { Attributes, OnnxBuilder } from './builder.ts';
import { addIntegerWeights, dequantizedBias, dequantizedWeight } from './qdqWeights.ts';
import { LOGITS, WITHOUT_RELU, describeInput, describeLogits, modelMetadata, windowAttributes } from '../signature.ts';

export type QdqOptions = {
  /** 'packed' (default): weights below 8 bits take b bits each in the file; 'int8': one byte each. */
  readonly weights?: 'packed' | 'int8';
  /** 'all' also makes the uint8 codes of the input and of every activation an output, named by `codesName`. */
  readonly outputs?: 'logits' | 'all';
};

/** The ONNX name of an activation's uint8 codes [N, C, H, W] (after global average pooling [N, C, 1, 1]). */
export function codesName(tensor: TensorName): string {
  return `${tensor}.codes`;
}

/** The file under construction, and the tensors whose dequantized form is in it already. */
type Writer = {
  readonly model: QuantizedModel;
  readonly builder: OnnxBuilder;
  readonly dequantized: Set<TensorName>;
};

/**
 * Writes the model as ONNX, opset 21, NCHW, dynamic batch: `input` [N, C, H, W] normalized to `logits` [N, classes].
 *
 * Each quantizer is QuantizeLinear -> Clip(0, 2^b - 1) -> DequantizeLinear on uint8 (no Clip at 8 bits, where uint8
 * saturates by itself); weights and biases are integers behind a DequantizeLinear. There is no Relu node: zeroPoint
 * is 0 after a ReLU, so the quantizer's clamp is the ReLU.
 *
 * @throws Error naming the layer, where the model lacks parameters or holds what ONNX Runtime's kernels cannot run
 */
export function writeQdqOnnx(
  model: QuantizedModel,
  { weights = 'packed', outputs = 'logits' }: QdqOptions = {},
): Uint8Array {
  const { graph } = model;
  const writer: Writer = { model, builder: newOnnxBuilder(), dequantized: new Set() };
  addIntegerWeights(writer.builder, model, weights === 'packed');
  addQuantizer(writer, INPUT, INPUT);
  for (const node of graph.nodes) addLayer(writer, node);

  const observed = outputs === 'all' ? [...model.activations.keys()] : [];
  const codes = observed.map((tensor) =>
    valueInfo(codesName(tensor), DataType.UINT8, ['batch', `${tensor}.c`, `${tensor}.h`, `${tensor}.w`]),
  );
  const withoutRelu = graph.nodes.filter((node) => 'relu' in node && !node.relu).map(({ name }) => name);
  const metadata = {
    ...modelMetadata(model),
    scheme: JSON.stringify(model.scheme),
    [WITHOUT_RELU]: JSON.stringify(withoutRelu),
  };
  const results = [describeLogits(graph), ...codes];
  return serializeModel(writer.builder, graph.name, [describeInput(graph)], results, metadata);
}

function addLayer(writer: Writer, node: GraphNode): void {
  switch (node.kind) {
    case 'conv':
      return addConv(writer, node);
    case 'add':
      return addQuantized(
        writer,
        node,
        'Add',
        node.inputs.map((name) => real(writer, name)),
      );
    case 'maxPool':
      return addQuantized(writer, node, 'MaxPool', [real(writer, node.input)], windowAttributes(node));
    case 'globalAvgPool':
      return addQuantized(writer, node, 'GlobalAveragePool', [real(writer, node.input)]);
    case 'linear':
      return addLinear(writer, node);
  }
}

function addConv(writer: Writer, node: ConvNode): void {
  const { builder, model } = writer;
  const operands = [
    real(writer, node.input),
    dequantizedWeight(builder, model, node),
    dequantizedBias(builder, model, node, addGrid(builder, activation(model, node.input))[0]),
  ];
  addQuantized(writer, node, 'Conv', operands, windowAttributes(node));
}

/** Flatten stands before the DequantizeLinear, on the codes: between it and Gemm it would prevent fusion. */
function addLinear({ builder, model }: Writer, node: LinearNode): void {
  const params = activation(model, node.input);
  const flat = addNode(builder, 'Flatten', [codesName(node.input)], `${node.name}.flat`);
  const features = addDequantizer(builder, `${node.name}.input`, flat, params);
  const operands = [
    features,
    dequantizedWeight(builder, model, node),
    dequantizedBias(builder, model, node, addGrid(builder, params)[0]),
  ];
  addNode(builder, 'Gemm', operands, LOGITS, {}, node.name);
}

/** A layer's operator, and the quantizer on its output. */
function addQuantized(
  writer: Writer,
  node: Exclude<GraphNode, LinearNode>,
  opType: string,
  operands: readonly string[],
  attributes: Attributes = {},
): void {
  const { zeroPoint, qmin } = activation(writer.model, node.name);
  if ('relu' in node && node.relu && zeroPoint !== qmin) {
    throw new Error(`${node.name}: after a ReLU the zero point must be ${qmin}, not ${zeroPoint}.`);
  }
  const output = addNode(writer.builder, opType, operands, node.name, attributes, node.name);
  addQuantizer(writer, node.name, output, node.kind !== 'maxPool');
}

/** Real values to codes. `clamp` is false where they are on the grid already, as those of a max pool are. */
function addQuantizer({ builder, model }: Writer, tensor: TensorName, source: string, clamp = true): void {
  const params = activation(model, tensor);
  const codes = codesName(tensor);
  const clip = clamp && params.qmax < 255;
  const inputs = [source, ...addGrid(builder, params)];
  const quantized = addNode(builder, 'QuantizeLinear', inputs, clip ? `${tensor}.u8` : codes);
  if (clip) {
    const highest = addConstant(builder, `qmax.${params.qmax}`, [], Uint8Array.of(params.qmax));
    addNode(builder, 'Clip', [quantized, '', highest], codes);
  }
}

function addDequantizer(builder: OnnxBuilder, name: string, codes: string, params: ActivationParams): string {
  return addNode(builder, 'DequantizeLinear', [codes, ...addGrid(builder, params)], name);
}

/** Equal numbers share one constant. */
function addGrid(builder: OnnxBuilder, { scale, zeroPoint }: ActivationParams): [scale: string, zeroPoint: string] {
  return [
    addConstant(builder, `scale.${scale}`, [], Float32Array.of(scale)),
    addConstant(builder, `zero.${zeroPoint}`, [], Uint8Array.of(zeroPoint)),
  ];
}

/** The real values of a tensor's codes, behind one DequantizeLinear for all its readers. */
function real({ builder, model, dequantized }: Writer, tensor: TensorName): string {
  const name = `${tensor}.real`;
  if (!dequantized.has(tensor)) addDequantizer(builder, name, codesName(tensor), activation(model, tensor));
  dequantized.add(tensor);
  return name;
}

function activation({ activations, graph }: QuantizedModel, tensor: TensorName): ActivationParams {
  const params = activations.get(tensor);
  if (!params) throw new Error(`${graph.name}: ${tensor} has no activation parameters.`);
  return params;
}
