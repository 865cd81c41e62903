/** The integer weights and biases of a QDQ file, each behind its DequantizeLinear. */
import { isWeighted } from '../../graph/shapes.ts';
import type { TensorName, WeightedNode } from '../../graph/types.ts';
import type { QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { addPackedConstants } from './packedWeights.ts';
import type { IntegerTensor } from './packedWeights.ts';
import { addConstant, addNode, reordered } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';
import { kernelLayout } from '../operators.ts';

/** Adds the codes of every layer, in ONNX's axis order, as int8 or uint8 tensors named `<layer>.weight`. */
export function addIntegerWeights(builder: OnnxBuilder, model: QuantizedModel, packed: boolean): void {
  const byBits = new Map<number, IntegerTensor[]>();
  for (const node of model.graph.nodes.filter(isWeighted)) {
    const { bits, codes, shape } = weightsOf(model, node.name);
    const layout = kernelLayout(node);
    const tensor: IntegerTensor = {
      name: weightName(node),
      shape: layout.shape(shape),
      codes,
      inOrder: () => layout.toOnnx(codes, shape),
    };
    if (packed && bits < 8) byBits.set(bits, [...(byBits.get(bits) ?? []), tensor]);
    else
      addConstant(
        builder,
        tensor.name,
        tensor.shape,
        reordered(codes, () => layout.toOnnx(codes, shape)),
      );
  }
  for (const [bits, tensors] of byBits) addPackedConstants(builder, tensors, bits);
}

/** The layer's weights as real numbers: (q - zeroPoint) * scale, by output channel or for the tensor. */
export function dequantizedWeight(builder: OnnxBuilder, model: QuantizedModel, node: WeightedNode): string {
  const { scale } = weightsOf(model, node.name);
  const name = weightName(node);
  const inputs = [name, weightScale(builder, model, node), addZeroPoint(builder, model, node)];
  const { outputAxis } = kernelLayout(node);
  return addNode(builder, 'DequantizeLinear', inputs, `${name}.real`, scale.length > 1 ? { axis: outputAxis } : {});
}

/**
 * The layer's int32 bias as real numbers, at scale inputScale * weightScale[c].
 *
 * @param inputScale the name of that constant. The product is a node, which a session folds: 4 bytes a channel less.
 */
export function dequantizedBias(
  builder: OnnxBuilder,
  model: QuantizedModel,
  node: WeightedNode,
  inputScale: string,
): string {
  const { bias, scale } = weightsOf(model, node.name);
  const name = `${node.name}.bias`;
  const product = addNode(builder, 'Mul', [inputScale, weightScale(builder, model, node)], `${name}.scale`);
  const inputs = [addConstant(builder, name, [bias.length], bias), product];
  return addNode(builder, 'DequantizeLinear', inputs, `${name}.real`, scale.length > 1 ? { axis: 0 } : {});
}

function weightScale(builder: OnnxBuilder, model: QuantizedModel, node: WeightedNode): string {
  const { scale } = weightsOf(model, node.name);
  return addConstant(builder, `${weightName(node)}.scale`, gridShape(scale), scale);
}

/** One constant for each layer: ONNX Runtime rewrites it on x86-64 without VNNI, and refuses to where two layers share it. */
function addZeroPoint(builder: OnnxBuilder, model: QuantizedModel, node: WeightedNode): string {
  const { codes, scale, zeroPoint } = weightsOf(model, node.name);
  const data = codes instanceof Int8Array ? Int8Array.from(zeroPoint) : Uint8Array.from(zeroPoint);
  return addConstant(builder, `${weightName(node)}.zero`, gridShape(scale), data);
}

function weightName({ name }: WeightedNode): string {
  return `${name}.weight`;
}

/** A scalar for one grid, a vector for one each channel: what DequantizeLinear tells them apart by. */
function gridShape(scale: Float32Array): readonly number[] {
  return scale.length > 1 ? [scale.length] : [];
}

function weightsOf(model: QuantizedModel, layer: TensorName): QuantizedWeights {
  const weights = model.weights.get(layer);
  if (!weights) throw new Error(`${model.graph.name}: layer ${layer} has no quantized weights.`);
  return weights;
}
