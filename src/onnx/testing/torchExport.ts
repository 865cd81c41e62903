/** A FloatModel as PyTorch's exporter writes a torchvision ResNet, for tests: its names, its opset, no metadata. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { namedArray } from '../../graph/arrays.ts';
import { lookUp } from '../../base/lookUp.ts';
import { INPUT } from '../../graph/types.ts';
import type { ConvNode, FloatModel, GraphNode, TensorName } from '../../graph/types.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from '../write/builder.ts';
import { hwioToOihw } from '../layout.ts';

/** "/layer1/layer1.0/conv1/Conv": every module on the way, then the operator. */
function scopedName(name: TensorName, opType: string): string {
  const parts = name.split('.');
  const scopes = parts.length === 3 ? [parts[0], `${parts[0]}.${parts[1]}`, parts[2]] : parts;
  return `/${[...scopes, opType].join('/')}`;
}

/** Batch norms stay as nodes where the model has them; with `swapped`, additions name the shortcut first. */
export function torchExport(
  { graph, weights }: FloatModel,
  { swapped = false }: { readonly swapped?: boolean } = {},
): Uint8Array {
  const builder = newOnnxBuilder();
  const outputs = new Map<TensorName, string>([[INPUT, 'input.1']]);
  const output = (tensor: TensorName): string => lookUp(outputs, tensor, 'output');
  const add = (node: GraphNode, opType: string, inputs: readonly string[], attributes = {}): string => {
    const name = scopedName(node.name, opType);
    return addNode(builder, opType, inputs, `${name}_output_0`, attributes, name);
  };
  const vector = (node: ConvNode, part: string): string => {
    const { shape, data } = namedArray(weights, `${node.name}.${part}`);
    return addConstant(builder, `${node.name}.bn.${part}`, shape, data);
  };
  const window = ({ kernel, stride, padding }: Pick<ConvNode, 'kernel' | 'stride' | 'padding'>) => ({
    dilations: [1, 1],
    kernel_shape: kernel,
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
  });

  const layer = (node: GraphNode): string => {
    switch (node.kind) {
      case 'conv': {
        const { shape, data } = namedArray(weights, `${node.name}.kernel`);
        const kernel = addConstant(
          builder,
          `${node.name}.weight`,
          [shape[3], shape[2], shape[0], shape[1]],
          hwioToOihw(data, shape),
        );
        const operands = [output(node.input), kernel, ...(node.bias ? [vector(node, 'bias')] : [])];
        const conv = add(node, 'Conv', operands, { ...window(node), group: 1 });
        const { batchNorm } = node;
        const statistics = ['gamma', 'beta', 'mean', 'variance'];
        const normed = batchNorm
          ? add(node, 'BatchNormalization', [conv, ...statistics.map((part) => vector(node, part))], {
              epsilon: { float: batchNorm.eps },
              momentum: { float: 0.9 },
              training_mode: 0,
            })
          : conv;
        return node.activation ? add(node, 'Relu', [normed]) : normed;
      }
      case 'add': {
        const terms = swapped ? node.inputs.toReversed() : node.inputs;
        const sum = add(node, 'Add', terms.map(output));
        return node.activation ? add(node, 'Relu', [sum]) : sum;
      }
      case 'maxPool':
        return add(node, 'MaxPool', [output(node.input)], { ...window(node), ceil_mode: 0 });
      case 'avgPool':
        throw new Error(`${node.name}: no ResNet has an average pool over windows.`);
      case 'globalAvgPool':
        return addNode(
          builder,
          'Flatten',
          [add(node, 'GlobalAveragePool', [output(node.input)])],
          '/Flatten_output_0',
          { axis: 1 },
          '/Flatten',
        );
      case 'linear': {
        const { data } = namedArray(weights, `${node.name}.kernel`);
        const rows = Float32Array.from(
          data,
          (_, i) => data[(i % node.inFeatures) * node.outFeatures + Math.floor(i / node.inFeatures)],
        );
        const kernel = addConstant(builder, 'fc.weight', [node.outFeatures, node.inFeatures], rows);
        const bias = addConstant(builder, 'fc.bias', [node.outFeatures], namedArray(weights, `${node.name}.bias`).data);
        return addNode(
          builder,
          'Gemm',
          [output(node.input), kernel, bias],
          '191',
          { alpha: { float: 1 }, beta: { float: 1 }, transB: 1 },
          '/fc/Gemm',
        );
      }
    }
  };
  for (const node of graph.nodes) outputs.set(node.name, layer(node));
  const [height, width, channels] = graph.inputShape;
  const classes = namedArray(weights, 'fc.bias').data.length;
  return serializeModel(
    builder,
    'main_graph',
    [valueInfo('input.1', DataType.FLOAT, ['batch', channels, height, width])],
    [valueInfo('191', DataType.FLOAT, ['batch', classes])],
    {},
  );
}
