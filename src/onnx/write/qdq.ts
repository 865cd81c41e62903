/** QuantizedModel to an ONNX file in QDQ form, which ONNX Runtime fuses to its integer kernels. */
import { activationOf, isBounded } from '../../graph/activations.ts';
import { alive } from '../../base/work/life.ts';
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { sharesGrid } from '../../graph/grids.ts';
import { inputsOf, isWeighted } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { GraphNode, TensorName, WeightedNode } from '../../graph/types.ts';
import { outputGrid } from '../../quant/outputGrid.ts';
import type { ActivationParams, QuantizedModel } from '../../quant/types.ts';
import { addConstant, addNode, modelLength, newOnnxBuilder, serializeModel, valueInfo } from './builder.ts';
import type { ModelParts, OnnxBuilder } from './builder.ts';
import { onnxOperator } from '../operators.ts';
import { addIntegerWeights, dequantizedBias, dequantizedWeight } from './qdqWeights.ts';
import { addActivation } from './activation.ts';
import { BOUNDED, LOGITS, WITHOUT_RELU, describeInput, describeLogits, modelMetadata } from '../signature.ts';

export type QdqOptions = {
  /** 'packed' (default): weights below 8 bits take b bits each in the file; 'int8': one byte each. */
  readonly weights?: 'packed' | 'int8';
  /** 'all' also makes the uint8 codes of the input and of every activation an output, named by `codesName`. */
  readonly outputs?: 'logits' | 'all';
};

/** The ONNX name of an activation's uint8 codes [N, C, H, W] (after global average pooling [N, C, 1, 1], of a dense layer [N, C]). */
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
 * is 0 after a ReLU, so the quantizer's clamp is the ReLU; where that has a bound, Clip ends at its code.
 *
 * @throws Error naming the layer, where the model lacks parameters or holds what ONNX Runtime's kernels cannot run
 */
export function writeQdqOnnx(model: QuantizedModel, options: QdqOptions = {}): Uint8Array {
  return serializeModel(...partsOf(model, options));
}

/** The length of the file that {@link writeQdqOnnx} writes, which is not written for it. */
export function qdqOnnxLength(model: QuantizedModel, options: QdqOptions = {}): number {
  return modelLength(...partsOf(model, options));
}

function partsOf(model: QuantizedModel, { weights = 'packed', outputs = 'logits' }: QdqOptions): ModelParts {
  const { graph } = model;
  const writer: Writer = { model, builder: newOnnxBuilder(), dequantized: new Set() };
  addIntegerWeights(writer.builder, model, weights === 'packed');
  addQuantizer(writer, INPUT, INPUT, activation(model, INPUT).qmax);
  for (const node of graph.nodes) {
    alive();
    addLayer(writer, node, node === graph.nodes.at(-1));
  }

  const observed = outputs === 'all' ? [...model.activations.keys()] : [];
  const flat = new Set(graph.nodes.filter(({ kind }) => onnxOperator(kind).gives === 'flat').map(({ name }) => name));
  const codes = observed.map((tensor) => {
    const sides = flat.has(tensor) ? [] : [`${tensor}.h`, `${tensor}.w`];
    return valueInfo(codesName(tensor), DataType.UINT8, ['batch', `${tensor}.c`, ...sides]);
  });
  const withoutRelu = graph.nodes
    .filter((node) => node !== graph.nodes.at(-1) && 'activation' in node && !node.activation)
    .map(({ name }) => name);
  const bounded = graph.nodes
    .slice(0, -1)
    .filter((node) => isBounded(activationOf(node)))
    .map((node) => [node.name, { max: activationOf(node)?.max, bits: activation(model, node.name).bits }] as const);
  const metadata = {
    ...modelMetadata(model),
    scheme: JSON.stringify(model.scheme),
    [WITHOUT_RELU]: JSON.stringify(withoutRelu),
    ...(bounded.length > 0 && { [BOUNDED]: JSON.stringify(Object.fromEntries(bounded)) }),
  };
  const results = [describeLogits(graph), ...codes];
  return [writer.builder, graph.name, [describeInput(graph)], results, metadata];
}

/** A layer's operator, and the quantizer on its output; the last node's output are the logits, in real numbers. */
function addLayer(writer: Writer, node: GraphNode, last: boolean): void {
  const { builder, model } = writer;
  const { opType, attributes, reads } = onnxOperator(node.kind);
  const inputs = inputsOf(node).map((name) => (reads === 'flat' ? flat(writer, node, name) : real(writer, name)));
  const operands = isWeighted(node) ? [...inputs, ...weightOperands(writer, node)] : inputs;
  const output = addNode(
    builder,
    opType,
    operands,
    last && !activationOf(node) ? LOGITS : node.name,
    attributes(node),
    node.name,
  );
  if (last) return void addActivation(builder, activationOf(node), output, LOGITS);
  const { qmax } = outputGrid(node.name, activation(model, node.name), activationOf(node));
  addQuantizer(writer, node.name, output, sharesGrid(node) ? 255 : qmax);
}

function weightOperands({ builder, model }: Writer, node: WeightedNode): readonly string[] {
  const weight = dequantizedWeight(builder, model, node);
  const [inputScale] = addGrid(builder, activation(model, node.input));
  return [weight, dequantizedBias(builder, model, node, inputScale)];
}

/** Flatten stands before the DequantizeLinear, on the codes: between it and Gemm it would prevent fusion. */
function flat({ builder, model }: Writer, { name }: GraphNode, tensor: TensorName): string {
  const codes = addNode(builder, 'Flatten', [codesName(tensor)], `${name}.flat`);
  return addDequantizer(builder, `${name}.input`, codes, activation(model, tensor));
}

/** Real values to codes up to `qmax`: 255 where they are on the grid already, as those of a max pool are. */
function addQuantizer({ builder, model }: Writer, tensor: TensorName, source: string, qmax: number): void {
  const params = activation(model, tensor);
  const codes = codesName(tensor);
  const clip = qmax < 255;
  const inputs = [source, ...addGrid(builder, params)];
  const quantized = addNode(builder, 'QuantizeLinear', inputs, clip ? `${tensor}.u8` : codes);
  if (clip) {
    const highest = addConstant(builder, `qmax.${qmax}`, [], Uint8Array.of(qmax));
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
