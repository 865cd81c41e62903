/** QuantizedModel to an ONNX file in QDQ form, which ONNX Runtime fuses to its integer kernels. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { INPUT } from '../graph/types.ts';
import type { ConvNode, GraphNode, LinearNode, MaxPoolNode, TensorName } from '../graph/types.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { addPackedConstant } from './bitPlanes.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';
import { hwioToOihw } from './layout.ts';
import { LOGITS, describeInput, describeLogits, modelMetadata } from './signature.ts';

export type QdqOptions = {
  /** 'packed' (default): weights below 8 bits take b bits each in the file; 'int8': one byte each. */
  readonly weights?: 'packed' | 'int8';
  /** 'all' also makes the uint8 codes of the input and of every quantized activation an output, `codesName(tensor)`. */
  readonly outputs?: 'logits' | 'all';
};

/** The ONNX name of an activation's uint8 codes [N, C, H, W] (after global average pooling [N, C, 1, 1]). */
export function codesName(tensor: TensorName): string {
  return `${tensor}.codes`;
}

/** The file under construction, and for each tensor of the network the name of its dequantized form. */
type Writer = {
  readonly model: QuantizedModel;
  readonly builder: OnnxBuilder;
  readonly packed: boolean;
  readonly real: Map<TensorName, string>;
};

/**
 * Writes the model as ONNX, opset 21, NCHW, dynamic batch: `input` [N, C, H, W] normalized to `logits` [N, classes].
 *
 * Each quantizer is QuantizeLinear -> Clip(0, 2^b - 1) -> DequantizeLinear on uint8 (no Clip at 8 bits); weights and
 * biases are integers behind a DequantizeLinear, the bias at scale inputScale * weightScale[c]. There is no Relu
 * node: zeroPoint is 0 after a ReLU, so the quantizer's clamp is the ReLU.
 *
 * @throws Error naming the layer, where the model lacks parameters or holds what ONNX Runtime's kernels cannot run
 */
export function writeQdqOnnx(model: QuantizedModel, options: QdqOptions = {}): Uint8Array {
  const { weights = 'packed', outputs = 'logits' } = options;
  const builder = newOnnxBuilder();
  const writer: Writer = { model, builder, packed: weights === 'packed', real: new Map() };
  quantize(writer, INPUT, INPUT);
  for (const node of model.graph.nodes) writeNode(writer, node);

  const last = model.graph.nodes.at(-1);
  if (last?.kind !== 'linear') throw new Error('writeQdqOnnx: the network must end in a linear layer');
  const observed = outputs === 'all' ? [...model.activations.keys()] : [];
  const codes = observed.map((tensor) => valueInfo(codesName(tensor), DataType.UINT8, ['batch', 'c', 'h', 'w'].map((axis) => (axis === 'batch' ? axis : `${tensor}.${axis}`))));
  const metadata = { ...modelMetadata(model), scheme: JSON.stringify(model.scheme) };
  return serializeModel(builder, model.graph.name, [describeInput(model.graph)], [describeLogits(model.graph), ...codes], metadata);
}

function writeNode(writer: Writer, node: GraphNode): void {
  switch (node.kind) {
    case 'conv':
      return writeConv(writer, node);
    case 'add':
      return quantize(writer, node.name, addNode(writer.builder, 'Add', node.name, node.inputs.map((name) => real(writer, name))));
    case 'maxPool':
      return writeMaxPool(writer, node);
    case 'globalAvgPool':
      return quantize(writer, node.name, addNode(writer.builder, 'GlobalAveragePool', node.name, [real(writer, node.input)]));
    case 'linear':
      return writeLinear(writer, node);
  }
}

function writeConv(writer: Writer, node: ConvNode): void {
  const { name, stride, padding, kernel } = node;
  const operands = [real(writer, node.input), weight(writer, node), bias(writer, node)];
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
  quantize(writer, name, addNode(writer.builder, 'Conv', name, operands, attributes));
}

function writeMaxPool(writer: Writer, node: MaxPoolNode): void {
  const { name, stride, padding, kernel } = node;
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
  const pooled = addNode(writer.builder, 'MaxPool', name, [real(writer, node.input)], attributes);
  quantize(writer, name, pooled, false);
}

/** Flatten stands before the DequantizeLinear, on the codes: between it and Gemm it would prevent fusion. */
function writeLinear(writer: Writer, node: LinearNode): void {
  const params = activation(writer.model, node.input);
  const flat = addNode(writer.builder, 'Flatten', `${node.name}.flat`, [codesName(node.input)]);
  const features = dequantize(writer.builder, `${node.name}.input`, flat, params);
  addNode(writer.builder, 'Gemm', LOGITS, [features, weight(writer, node), bias(writer, node)]);
}

/** One quantizer: from here on `tensor` is known by its codes and by their real values. */
function quantize(writer: Writer, tensor: TensorName, source: string, clamp = true): void {
  const { builder, model, real } = writer;
  const params = activation(model, tensor);
  const codes = codesName(tensor);
  const clip = clamp && params.qmax < 255;
  const quantized = addNode(builder, 'QuantizeLinear', clip ? `${tensor}.u8` : codes, [source, ...grid(builder, params)]);
  if (clip) {
    const highest = addConstant(builder, `qmax.${params.qmax}`, [], Uint8Array.of(params.qmax));
    addNode(builder, 'Clip', codes, [quantized, '', highest]);
  }
  real.set(tensor, dequantize(builder, `${tensor}.real`, codes, params));
}

function dequantize(builder: OnnxBuilder, name: string, codes: string, params: ActivationParams): string {
  return addNode(builder, 'DequantizeLinear', name, [codes, ...grid(builder, params)]);
}

function grid(builder: OnnxBuilder, { scale, zeroPoint }: ActivationParams): [scale: string, zeroPoint: string] {
  return [
    addConstant(builder, `scale.${scale}`, [], Float32Array.of(scale)),
    addConstant(builder, `zeroPoint.${zeroPoint}`, [], Uint8Array.of(zeroPoint)),
  ];
}

/** The weight's codes behind a DequantizeLinear, in ONNX's axis order. */
function weight(writer: Writer, node: ConvNode | LinearNode): string {
  const { builder } = writer;
  const { bits, codes, scale, zeroPoint, shape } = weightsOf(writer.model, node.name);
  const isConv = node.kind === 'conv';
  const ordered = isConv ? hwioToOihw(codes, shape) : codes;
  const dims = isConv ? [shape[3], shape[2], shape[0], shape[1]] : shape;
  const name = `${node.name}.weight`;
  const integers =
    writer.packed && bits < 8
      ? addPackedConstant(builder, name, dims, ordered, bits)
      : addConstant(builder, name, dims, ordered);

  if (zeroPoint.some((value) => value !== zeroPoint[0])) {
    throw new Error(`writeQdqOnnx: layer ${node.name} has a weight zero point for each channel, which ONNX Runtime's QLinearConv refuses: choose symmetric weights or one grid for the tensor`);
  }
  const perChannel = scale.length > 1;
  const gridShape = perChannel ? [scale.length] : [];
  const zeros = new Uint8Array(scale.length).fill(zeroPoint[0]);
  const zeroPoints = codes instanceof Int8Array ? new Int8Array(zeros.buffer) : zeros;
  const inputs = [
    integers,
    addConstant(builder, `${name}.scale`, gridShape, scale),
    addConstant(builder, `${name}.zeroPoint`, gridShape, zeroPoints),
  ];
  return addNode(builder, 'DequantizeLinear', `${name}.real`, inputs, perChannel ? { axis: isConv ? 0 : 1 } : {});
}

function bias(writer: Writer, node: ConvNode | LinearNode): string {
  const { builder, model } = writer;
  const weights = weightsOf(model, node.name);
  const input = activation(model, node.input);
  const name = `${node.name}.bias`;
  const scale = weights.scale.map((weightScale) => input.scale * weightScale);
  const perChannel = scale.length > 1;
  const inputs = [
    addConstant(builder, name, [weights.bias.length], weights.bias),
    addConstant(builder, `${name}.scale`, perChannel ? [scale.length] : [], scale),
  ];
  return addNode(builder, 'DequantizeLinear', `${name}.real`, inputs, perChannel ? { axis: 0 } : {});
}

function real(writer: Writer, tensor: TensorName): string {
  const name = writer.real.get(tensor);
  if (name === undefined) throw new Error(`writeQdqOnnx: tensor ${tensor} is read before it is written`);
  return name;
}

function activation(model: QuantizedModel, tensor: TensorName): ActivationParams {
  const params = model.activations.get(tensor);
  if (!params) throw new Error(`writeQdqOnnx: tensor ${tensor} has no activation parameters`);
  return params;
}

function weightsOf(model: QuantizedModel, layer: TensorName): QuantizedWeights {
  const weights = model.weights.get(layer);
  if (!weights) throw new Error(`writeQdqOnnx: layer ${layer} has no quantized weights`);
  return weights;
}
