/** Quantized files as ONNX Runtime's tools write them, made from files of our own, for tests. */
import { create } from '@bufbuild/protobuf';
import {
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType as DataType,
} from 'onnx-buf';
import type { ModelProto, NodeProto } from 'onnx-buf';
import type { Normalization } from '../../graph/types.ts';
import { changedModel } from './spelled.ts';

/** Without a word of ours. */
export const silent = (file: Uint8Array): Uint8Array =>
  changedModel(file, (model) => {
    model.metadataProps = [];
    model.producerName = 'onnx.quantize';
  });

/** Activations in int8: the same codes less 128. */
export const signed = (file: Uint8Array): Uint8Array =>
  changedModel(file, ({ graph }) => {
    for (const tensor of graph?.initializer ?? []) {
      if (!tensor.name.startsWith('zero.')) continue;
      tensor.dataType = DataType.INT8;
      tensor.rawData = Uint8Array.of((tensor.rawData[0] - 128) & 255);
    }
  });

/** Operators on codes (QOperator) instead of real ones between quantizers. */
export const onCodes = (file: Uint8Array): Uint8Array =>
  changedModel(file, (model) => {
    const { graph } = model;
    if (!graph) throw new Error('the file has no graph');
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }));
    const writers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
    const reads = (name: string): NodeProto | undefined => graph.node.find(({ input }) => input[0] === name);
    /** codes, scale, zero point */
    const grid = (real: string): string[] => {
      const node = writers.get(real);
      if (node?.opType !== 'DequantizeLinear') throw new Error(`${real} is dequantized by no node`);
      return node.input;
    };
    const made = graph.node.flatMap((node): NodeProto[] => {
      const { opType, input, output, attribute, name } = node;
      const quantizer = reads(output[0]);
      const [, scale, zero] = quantizer?.input ?? [];
      const op = (called: string, inputs: string[], domain = 'com.microsoft'): NodeProto[] => [
        create(NodeProtoSchema, {
          opType: called,
          domain,
          name,
          attribute,
          input: inputs,
          output: quantizer?.output ?? [],
        }),
      ];
      switch (opType) {
        case 'Conv':
          return op('QLinearConv', [...grid(input[0]), ...grid(input[1]), scale, zero, grid(input[2])[0]], '');
        case 'Add':
          return op('QLinearAdd', [...grid(input[0]), ...grid(input[1]), scale, zero]);
        case 'GlobalAveragePool':
          return op('QLinearGlobalAveragePool', [...grid(input[0]), scale, zero]);
        case 'MaxPool':
          return op('MaxPool', [grid(input[0])[0]], '');
        case 'Gemm':
          return [
            create(NodeProtoSchema, {
              opType: 'QGemm',
              domain: 'com.microsoft',
              name,
              attribute,
              input: [...grid(input[0]), ...grid(input[1]), grid(input[2])[0]],
              output,
            }),
          ];
        case 'QuantizeLinear':
          return input[0] === graph.input[0].name ? [node] : [];
        case 'DequantizeLinear':
        case 'Mul':
          return [];
        default:
          return [node];
      }
    });
    graph.node = made;
  });

/** What of a model's message a test wants to change. */
export const withGraph = (file: Uint8Array, change: (graph: NonNullable<ModelProto['graph']>) => void): Uint8Array =>
  changedModel(file, ({ graph }) => {
    if (graph) change(graph);
  });

/** Tensors under other names. */
export const renamed = (file: Uint8Array, names: Readonly<Record<string, string>>): Uint8Array =>
  changedModel(file, ({ graph }) => {
    const other = (name: string): string => names[name] ?? name;
    for (const node of graph?.node ?? []) {
      node.input = node.input.map(other);
      node.output = node.output.map(other);
    }
    for (const value of [...(graph?.input ?? []), ...(graph?.output ?? [])]) value.name = other(value.name);
  });

/** The network with a Sub and a Div in front of it: its input is pixels from 0 to 1. */
export const normalizing = (file: Uint8Array, { mean, std }: Normalization): Uint8Array =>
  changedModel(file, ({ graph }) => {
    if (!graph) throw new Error('the file has no graph');
    const constant = (name: string, values: readonly number[]): void => {
      const rawData = new Uint8Array(Float32Array.from(values).buffer);
      const dims = [1n, BigInt(values.length), 1n, 1n];
      graph.initializer.push(create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT, rawData }));
    };
    constant('the mean', mean);
    constant('the std', std);
    for (const node of graph.node) node.input = node.input.map((name) => (name === 'input' ? 'normalized' : name));
    graph.node.unshift(
      create(NodeProtoSchema, { opType: 'Sub', input: ['input', 'the mean'], output: ['centred'] }),
      create(NodeProtoSchema, { opType: 'Div', input: ['centred', 'the std'], output: ['normalized'] }),
    );
  });
