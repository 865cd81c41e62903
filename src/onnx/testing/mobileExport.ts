/** A MobileNetV2 as other tools write it, for tests: PyTorch's exporter, and tf2onnx of a Keras model. */
import { create } from '@bufbuild/protobuf';
import { OperatorSetIdProtoSchema, TensorProto_DataType as DataType } from 'onnx-buf';
import { lookUp } from '../../base/lookUp.ts';
import { namedArray } from '../../graph/arrays.ts';
import { INPUT } from '../../graph/types.ts';
import type { ConvNode, FloatModel, GraphNode, LinearNode, TensorName } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { CONV_KERNEL } from '../layout.ts';
import { addConstant, addNode, serializeModel, valueInfo } from '../write/builder.ts';
import type { Attributes } from '../write/builder.ts';
import { changedModel, pen } from './spelled.ts';
import type { Pen } from './spelled.ts';

/** How a file says each thing that tools say otherwise. */
export type MobileSpelling = {
  readonly opset: number;
  /** [N, H, W, C] at the input, and a softmax at the end. */
  readonly isKeras: boolean;
  readonly relu6: (pen: Pen, input: string) => string;
  /** Of padding that is not the same on all sides: as the convolution's own, by name, or as an operator before it. */
  readonly uneven: 'own' | 'auto_pad' | 'Pad';
  /** From the last image [N, C, H, W] to [N, C]. */
  readonly pool: (pen: Pen, image: string, channels: number) => string;
  /** A Gemm as PyTorch lays it out, or a MatMul and an Add. */
  readonly classifier: 'Gemm' | 'MatMul';
};

/** As PyTorch's exporter writes torchvision's. */
export const TORCH: MobileSpelling = {
  opset: 13,
  isKeras: false,
  relu6: ({ op, floats }, input) => op('Clip', [input, floats([], [0]), floats([], [6])]),
  uneven: 'own',
  pool: ({ op }, image) => op('Flatten', [op('GlobalAveragePool', [image])], { axis: 1 }),
  classifier: 'Gemm',
};

/** As tf2onnx writes Keras' own, its pads fused into the convolutions. */
export const KERAS: MobileSpelling = {
  ...TORCH,
  isKeras: true,
  pool: ({ op, ints }, image) => op('Squeeze', [op('GlobalAveragePool', [image]), ints(2, 3)]),
  classifier: 'MatMul',
};

/** Batch norms stay operators where the model has them. */
export function mobileExport({ graph, weights }: FloatModel, spelling: MobileSpelling): Uint8Array {
  const writer = pen();
  const { builder, op } = writer;
  const [height, width, channels] = graph.inputShape;
  const [first, last] = spelling.isKeras ? ['input_1', 'predictions'] : ['input', 'output'];
  const outputs = new Map<TensorName, string>([[INPUT, first]]);
  const output = (tensor: TensorName): string => lookUp(outputs, tensor, 'output');
  const widths = new Map(
    graph.nodes.flatMap((node) => (node.kind === 'conv' ? [[node.name, node.outChannels] as const] : [])),
  );
  const vector = (node: ConvNode | LinearNode, part: string): string => {
    const { shape, data } = namedArray(weights, `${node.name}.${part}`);
    return addConstant(builder, `${node.name}.${part}`, shape, data);
  };
  const turned = (input: string): string => op('Transpose', [input], { perm: [0, 3, 1, 2] });

  function conv(node: ConvNode): string {
    const { shape, data } = namedArray(weights, `${node.name}.kernel`);
    const kernel = addConstant(
      builder,
      `${node.name}.weight`,
      CONV_KERNEL.shape(shape),
      CONV_KERNEL.toOnnx(data, shape),
    );
    const { top, left, bottom, right } = padsOf(node);
    const isUneven = top !== bottom;
    const isFirst = node.input === INPUT && spelling.isKeras;
    const apart = isUneven && spelling.uneven === 'Pad';
    const padded = (input: string): string => {
      if (!apart) return input;
      const [before, after] = [
        [0, top, left],
        [0, bottom, right],
      ];
      const pads = isFirst ? [...before, 0, ...after, 0] : [0, ...before, 0, ...after];
      return spelling.opset < 11
        ? op('Pad', [input], { pads, mode: 'constant' })
        : op('Pad', [input, writer.ints(...pads)], { mode: 'constant' });
    };
    const image = padded(output(node.input));
    const window: Attributes =
      isUneven && spelling.uneven === 'auto_pad'
        ? { auto_pad: 'SAME_UPPER' }
        : { pads: apart ? [0, 0, 0, 0] : [top, left, bottom, right] };
    const result = op('Conv', [isFirst ? turned(image) : image, kernel, ...(node.bias ? [vector(node, 'bias')] : [])], {
      ...window,
      dilations: [1, 1],
      group: node.groups,
      kernel_shape: node.kernel,
      strides: [node.stride, node.stride],
    });
    const { batchNorm } = node;
    const statistics = ['gamma', 'beta', 'mean', 'variance'];
    const normed = batchNorm
      ? op('BatchNormalization', [result, ...statistics.map((part) => vector(node, part))], {
          epsilon: { float: batchNorm.eps },
        })
      : result;
    return node.activation ? spelling.relu6(writer, normed) : normed;
  }

  function linear(node: LinearNode): string {
    const { shape, data } = namedArray(weights, `${node.name}.kernel`);
    const [rows, columns] = shape;
    const bias = vector(node, 'bias');
    if (spelling.classifier === 'MatMul')
      return op('Add', [op('MatMul', [output(node.input), addConstant(builder, 'kernel', shape, data)]), bias]);
    const across = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
    const kernel = addConstant(builder, 'classifier.weight', [columns, rows], across);
    return op('Gemm', [output(node.input), kernel, bias], { alpha: { float: 1 }, beta: { float: 1 }, transB: 1 });
  }

  function layer(node: GraphNode): string {
    switch (node.kind) {
      case 'conv':
        return conv(node);
      case 'add':
        return op('Add', node.inputs.map(output));
      case 'globalAvgPool':
        return spelling.pool(writer, output(node.input), lookUp(widths, node.input, 'width'));
      case 'linear':
        return linear(node);
      default:
        throw new Error(`${node.name}: no MobileNetV2 has a ${node.kind}.`);
    }
  }

  for (const node of graph.nodes) outputs.set(node.name, layer(node));
  const logits = output(graph.nodes[graph.nodes.length - 1].name);
  addNode(builder, spelling.isKeras ? 'Softmax' : 'Identity', [logits], last, spelling.isKeras ? { axis: 1 } : {});
  const dims = spelling.isKeras ? [height, width, channels] : [channels, height, width];
  const classes = namedArray(weights, 'fc.bias').data.length;
  const bytes = serializeModel(
    builder,
    spelling.isKeras ? 'tf2onnx' : 'main_graph',
    [valueInfo(first, DataType.FLOAT, ['batch', ...dims])],
    [valueInfo(last, DataType.FLOAT, ['batch', classes])],
    {},
  );
  return changedModel(bytes, (model) => {
    model.producerName = spelling.isKeras ? 'tf2onnx' : 'pytorch';
    model.irVersion = 7n;
    model.opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(spelling.opset) })];
  });
}
