/** Tiny quantized networks that drive one kernel to its corners, for tests. */
import { INPUT } from '../../graph/types.ts';
import type { GraphNode, TensorName } from '../../graph/types.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';

/** An 8-bit grid; the scale is rounded to float32. */
export function uint8Grid(scale: number, zeroPoint: number): ActivationParams {
  return { scale: Math.fround(scale), zeroPoint, qmin: 0, qmax: 255, bits: 8 };
}

/** [256, 256, 2] in whole numbers to the sum of its channels: two convolutions copy them as codes a and b, one adds. */
export function addingModel(a: ActivationParams, b: ActivationParams, sum: ActivationParams): QuantizedModel {
  return oneChannelModel(
    [256, 256, 2],
    [pointwise('a', 2), pointwise('b', 2), { kind: 'add', name: 'sum', inputs: ['a', 'b'], activation: null }],
    { [INPUT]: uint8Grid(1, 0), a, b, sum },
    {
      a: int8Weights([1, 1, 2, 1], [1, 0], a.scale, -a.zeroPoint),
      b: int8Weights([1, 1, 2, 1], [0, 1], b.scale, -b.zeroPoint),
    },
  );
}

/** The input for `addingModel` in which every pair of codes occurs once. */
export function everyPairOfCodes(): Float32Array {
  return Float32Array.from({ length: 2 * 65536 }, (_, i) => (i % 2 === 0 ? i >> 9 : (i >> 1) & 255));
}

/** [8, 8, 64] to the sum of its channels, each times `weight`, on a grid that holds it without clipping. */
export function summingModel(weight: number): QuantizedModel {
  return oneChannelModel(
    [8, 8, 64],
    [pointwise('sum', 64)],
    { [INPUT]: uint8Grid(1, 0), sum: uint8Grid((64 * 255 * 127) / 100, 128) },
    { sum: int8Weights([1, 1, 64, 1], new Array<number>(64).fill(weight), 1, 0) },
  );
}

/** Nodes that end in a tensor `sum` of one channel, then global average pooling and a classifier of one class. */
function oneChannelModel(
  inputShape: readonly [number, number, number],
  nodes: readonly GraphNode[],
  activations: Readonly<Record<TensorName, ActivationParams>>,
  weights: Readonly<Record<TensorName, QuantizedWeights>>,
): QuantizedModel {
  const head: readonly GraphNode[] = [
    { kind: 'globalAvgPool', name: 'gap', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 1, outFeatures: 1, bias: true, activation: null },
  ];
  return {
    graph: { name: 'corner', inputShape, nodes: [...nodes, ...head] },
    scheme: {
      name: 'corner',
      weightBits: 8,
      activationBits: 8,
      weights: { granularity: 'perTensor', symmetric: true, range: 'minmax' },
      activations: { range: 'minmax' },
      firstLastBits: null,
    },
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: ['only'],
    activations: new Map(Object.entries({ ...activations, gap: activations['sum'] })),
    weights: new Map(Object.entries({ ...weights, fc: int8Weights([1, 1], [1], 1, 0) })),
  };
}

function pointwise(name: TensorName, inChannels: number): GraphNode {
  const window = { kernel: [1, 1] as const, stride: 1, padding: 0 };
  return {
    kind: 'conv',
    name,
    input: INPUT,
    ...window,
    inChannels,
    outChannels: 1,
    groups: 1,
    bias: true,
    batchNorm: null,
    activation: null,
  };
}

function int8Weights(
  shape: readonly number[],
  codes: readonly number[],
  scale: number,
  bias: number,
): QuantizedWeights {
  return {
    bits: 8,
    shape,
    codes: Int8Array.from(codes),
    qmin: -127,
    qmax: 127,
    scale: Float32Array.of(scale),
    zeroPoint: Int32Array.of(0),
    bias: Int32Array.of(bias),
  };
}
