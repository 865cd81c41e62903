/** FloatModel to an ONNX file in float32. */
import { namedArray } from '../graph/arrays.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import { INPUT } from '../graph/types.ts';
import type { FloatModel, GraphNode, TensorName, Weights } from '../graph/types.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';
import { hwioToOihw } from './layout.ts';
import { LOGITS, describeInput, describeLogits, modelMetadata, windowAttributes } from './signature.ts';

/**
 * Writes the model, its batch norms folded, as ONNX, opset 21, NCHW, dynamic batch: `input` [N, C, H, W] normalized to
 * `logits` [N, classes].
 *
 * @throws Error naming the array that is missing or misshapen, or where the network has no linear layer at its end
 */
export function writeFloatOnnx(model: FloatModel): Uint8Array {
  const { graph, weights } = foldBatchNorm(model.graph, model.weights);
  const builder = newOnnxBuilder();
  const outputs = new Map<TensorName, string>([[INPUT, INPUT]]);
  const output = (tensor: TensorName): string => {
    const name = outputs.get(tensor);
    if (name === undefined) throw new Error(`${graph.name}: ${tensor} is read before it is written.`);
    return name;
  };
  for (const node of graph.nodes) outputs.set(node.name, addLayer(builder, weights, node, output));
  const metadata = modelMetadata(model);
  return serializeModel(builder, graph.name, [describeInput(graph)], [describeLogits(graph)], metadata);
}

/** Adds a node's operators and returns the name of their result. */
function addLayer(
  builder: OnnxBuilder,
  weights: Weights,
  node: GraphNode,
  output: (tensor: TensorName) => string,
): string {
  const { name } = node;
  switch (node.kind) {
    case 'conv': {
      const { shape, data } = namedArray(weights, `${name}.kernel`);
      const dims = [shape[3], shape[2], shape[0], shape[1]];
      const kernel = addConstant(builder, `${name}.kernel`, dims, hwioToOihw(data, shape));
      const operands = [output(node.input), kernel, addArray(builder, weights, `${name}.bias`)];
      return addRelu(builder, node.relu, addNode(builder, 'Conv', operands, name, windowAttributes(node), name));
    }
    case 'add':
      return addRelu(builder, node.relu, addNode(builder, 'Add', node.inputs.map(output), name, {}, name));
    case 'maxPool':
      return addNode(builder, 'MaxPool', [output(node.input)], name, windowAttributes(node), name);
    case 'globalAvgPool': {
      const pooled = addNode(builder, 'GlobalAveragePool', [output(node.input)], name, {}, name);
      return addNode(builder, 'Flatten', [pooled], `${name}.flat`);
    }
    case 'linear': {
      const arrays = [addArray(builder, weights, `${name}.kernel`), addArray(builder, weights, `${name}.bias`)];
      return addNode(builder, 'Gemm', [output(node.input), ...arrays], LOGITS, {}, name);
    }
  }
}

function addRelu(builder: OnnxBuilder, relu: boolean, input: string): string {
  return relu ? addNode(builder, 'Relu', [input], `${input}.relu`) : input;
}

function addArray(builder: OnnxBuilder, weights: Weights, name: string): string {
  const { shape, data } = namedArray(weights, name);
  return addConstant(builder, name, shape, data);
}
