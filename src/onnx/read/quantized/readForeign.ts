/** A file that ONNX Runtime's own tools quantized to 8 bits (QDQ or QOperator), as a QuantizedModel. */
import { activationOf } from '../../../graph/activations.ts';
import { namedArray } from '../../../graph/arrays.ts';
import { rne } from '../../../base/rounding.ts';
import { hasOwnGrid, sharesGrid } from '../../../graph/grids.ts';
import { inputsOf, isWeighted, nodeArrays } from '../../../graph/shapes.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { INPUT } from '../../../graph/types.ts';
import type { Graph, TensorName, WeightedNode } from '../../../graph/types.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights, QuantScheme } from '../../../quant/types.ts';
import { readFloatNetwork } from '../float/readFloat.ts';
import type { FloatFileOptions, ReadNetwork } from '../float/readFloat.ts';
import type { Codes, Dequantized, Grid } from '../float/values.ts';
import type { OnnxFile } from '../parse.ts';
import { asQdq } from './asQdq.ts';

const f32 = Math.fround;

const TOOL =
  "Quantize with quantize_static(..., op_types_to_quantize=['Conv', 'Add', 'MaxPool', 'GlobalAveragePool', 'Gemm']).";

export type ReadQuantized = Omit<ReadNetwork, 'model'> & { readonly model: QuantizedModel };

/**
 * The codes are the file's own; its logits stay real here, and what it calls int8 is moved to uint8 by 128.
 * @throws Error naming the operator, tensor or layer that no QuantizedModel has
 */
export function readForeign(file: OnnxFile, options: FloatFileOptions): ReadQuantized {
  const dynamic = file.nodes.find(({ opType }) => /^(?:DynamicQuantizeLinear|ConvInteger|MatMulInteger)$/.test(opType));
  if (dynamic)
    throw new Error(
      `${dynamic.opType} rounds activations on a grid of each image's own (dynamic quantization), which cannot be imported. ${TOOL}`,
    );
  const codes: Codes = { grids: new Map(), constants: new Map(), kernels: new Map() };
  const read = readFloatNetwork({ ...file, nodes: asQdq(file.nodes) }, options, codes);
  const { graph, weights, normalization, classes } = read.model;
  const activations = activationsOf(graph, codes, read.names);
  const quantized = graph.nodes.filter(isWeighted).map((node) => {
    const theirs = read.names.get(node.name) ?? node.name;
    const found = codes.constants.get(codes.kernels.get(theirs) ?? '');
    if (!found)
      throw new Error(`${theirs} has weights in real numbers: the network is quantized in part only. ${TOOL}`);
    const bias = weights.get(`${node.name}.bias`)?.data;
    const input = activations.get(node.input);
    if (!input) throw new Error(`${node.name} reads what is not quantized.`);
    const made = weightsOf(node, namedArray(weights, `${node.name}.kernel`).data, found, bias, input.scale);
    return [node.name, made] as const;
  });
  const folded = graph.nodes.map((node) => {
    if (!isWeighted(node) || !('batchNorm' in node)) return node;
    if (node.batchNorm)
      throw new Error(`${node.name} has a batch norm: fold it before quantizing (quant_pre_process).`);
    return { ...node, bias: true };
  });
  const first = quantized.map(([, each]) => each);
  const scheme: QuantScheme = {
    name: 'onnxruntime',
    weightBits: 8,
    activationBits: 8,
    weights: {
      granularity: first.some(({ scale }) => scale.length > 1) ? 'perChannel' : 'perTensor',
      symmetric: first.every(({ zeroPoint }) => zeroPoint.every((each) => each === 0)),
      range: 'minmax',
    },
    activations: { range: 'minmax' },
    firstLastBits: null,
    ...exceptions(activations),
  };
  const model = {
    graph: { ...graph, nodes: folded },
    scheme,
    normalization,
    classes,
    activations,
    weights: new Map(quantized),
  };
  return { ...read, model };
}

/** Activations behind a ReLU on a symmetric signed grid use half of it: 7 bits. */
function exceptions(activations: ReadonlyMap<TensorName, ActivationParams>): Pick<QuantScheme, 'layers'> {
  const narrow = [...activations].filter(([, { bits }]) => bits !== 8);
  if (narrow.length === 0) return {};
  return { layers: Object.fromEntries(narrow.map(([name, { bits }]) => [name, { activationBits: bits }])) };
}

function activationsOf(
  graph: Graph,
  { grids }: Codes,
  names: ReadNetwork['names'],
): ReadonlyMap<TensorName, ActivationParams> {
  const activations = new Map<TensorName, ActivationParams>();
  const gridOf = (tensor: TensorName): Grid => {
    const theirs = tensor === INPUT ? INPUT : (names.get(tensor) ?? tensor);
    const grid = grids.get(theirs);
    if (grid) return grid;
    throw new Error(
      `${theirs} is not rounded (it has no QuantizeLinear): the network is quantized in part only. ${TOOL}`,
    );
  };
  activations.set(INPUT, params(INPUT, gridOf(INPUT), false));
  for (const node of graph.nodes) {
    if (!hasOwnGrid(graph, node) && !sharesGrid(node)) continue;
    const source = sharesGrid(node) ? activations.get(inputsOf(node)[0]) : undefined;
    if (source && !grids.has(names.get(node.name) ?? node.name)) activations.set(node.name, source);
    else if (source && source.scale !== gridOf(node.name).scale)
      throw new Error(`${node.name} has another grid than its input, and a max pool keeps it. ${TOOL}`);
    else activations.set(node.name, source ?? params(node.name, gridOf(node.name), activationOf(node) !== null));
  }
  return activations;
}

/** Behind a ReLU codes begin at the zero point: with 128 they are 7 bits of their own. */
function params(tensor: TensorName, { scale, zeroPoint }: Grid, relu: boolean): ActivationParams {
  if (!relu || zeroPoint === 0) return { scale, zeroPoint, qmin: 0, qmax: 255, bits: 8 };
  if (zeroPoint === 128) return { scale, zeroPoint: 0, qmin: 0, qmax: 127, bits: 7 };
  throw new Error(`${tensor} has the zero point ${zeroPoint} behind a ReLU, where codes begin at zero.`);
}

/** The codes that these weights were made of: (code - zeroPoint) * scale is the very float32. */
function weightsOf(
  node: WeightedNode,
  kernel: Float32Array,
  { scale, zeroPoint, signed }: Dequantized,
  bias: Float32Array | undefined,
  inputScale: number,
): QuantizedWeights {
  const channels = node.kind === 'linear' ? node.outFeatures : node.outChannels;
  if (scale.length !== 1 && scale.length !== channels)
    throw new Error(`${node.name} has ${scale.length} scales for ${channels} channels.`);
  const of = (index: number): number => (scale.length === 1 ? 0 : index % channels);
  const codes = signed ? new Int8Array(kernel.length) : new Uint8Array(kernel.length);
  kernel.forEach((weight, i) => {
    const channel = of(i);
    const code = rne(f32(weight / scale[channel])) + zeroPoint[channel];
    codes[i] = code;
    if (codes[i] !== code || f32((code - zeroPoint[channel]) * scale[channel]) !== weight)
      throw new Error(`${node.name} has scales along another axis than its output channels, which cannot be imported.`);
  });
  const [qmin, qmax] = signed ? [-128, 127] : [0, 255];
  return {
    bits: 8,
    shape: lookUp(nodeArrays(node), 'kernel', 'shape'),
    codes,
    qmin,
    qmax,
    scale,
    zeroPoint: Int32Array.from(zeroPoint),
    bias: Int32Array.from({ length: channels }, (_, c) => rne((bias?.[c] ?? 0) / f32(inputScale * scale[of(c)]))),
  };
}
