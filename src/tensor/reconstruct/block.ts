/** Rounding learned for a block of layers together (BRECQ, Li et al. 2021), activations quantized half the time (QDrop, Wei et al. 2022). */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { seededRandom } from '../../base/random.ts';
import { inputsOf } from '../../graph/shapes.ts';
import type { GraphNode, TensorName } from '../../graph/types.ts';
import type { AffineParams } from '../../quant/types.ts';
import { fakeQuantize } from '../layers/fakeQuantize.ts';
import { forwardNode } from '../layers/forward.ts';
import { batchOf, slice, type Stack } from './node.ts';
import { settle, softLayer, type RoundedLayer, type RoundingOptions } from './rounding.ts';

/** A run of nodes between two tensors, its inputs on both paths and the float output it ought to give. */
export type Block = {
  readonly nodes: readonly GraphNode[];
  readonly layers: ReadonlyMap<TensorName, RoundedLayer & { readonly bias: Float32Array }>;
  /** Of the tensors inside; the block's output is compared before its own quantizer. */
  readonly quantizers: ReadonlyMap<TensorName, AffineParams>;
  readonly inputs: ReadonlyMap<TensorName, { readonly float: Stack; readonly quantized: Stack }>;
  readonly target: Stack;
  readonly count: number;
};

export type BlockOptions = RoundingOptions & {
  readonly batch: number;
  /** Share of the activations, input and inner, that stay float in a step. */
  readonly drop: number;
};

export const BLOCK: Pick<BlockOptions, 'batch' | 'drop'> = { batch: 32, drop: 0.5 };

/** @returns the codes of each layer, [...shape] */
export async function roundBlock(block: Block, options: BlockOptions): Promise<ReadonlyMap<TensorName, Int32Array>> {
  const soft = new Map([...block.layers].map(([name, layer]) => [name, softLayer(layer)]));
  const biases = new Map([...block.layers].map(([name, { bias }]) => [name, tf.tensor1d(bias)]));
  const random = seededRandom(options.seed);
  const batch = Math.min(options.batch, block.count);
  try {
    await settle(
      [...soft.values()],
      () => {
        const indices = Array.from({ length: batch }, () => Math.floor(random() * block.count));
        const dropping = (float: tf.Tensor, rounded: tf.Tensor): tf.Tensor =>
          options.drop === 0 ? rounded : float.add(rounded.sub(float).mul(mask(float.shape, options.drop, random)));
        const inputs = new Map(
          [...block.inputs].map(
            ([name, { float, quantized }]) =>
              [name, dropping(gather(float, indices), gather(quantized, indices))] as const,
          ),
        );
        const tensors = new Map(
          [...soft].map(([name, layer]) => [name, { kernel: layer.weights(), bias: lookUp(biases, name, 'bias') }]),
        );
        const output = forwardBlock(block, inputs, tensors, (x, params) => dropping(x, fakeQuantize(x, params)));
        return squaredError(output, gather(block.target, indices));
      },
      options,
    );
    const codes = new Map<TensorName, Int32Array>();
    for (const [name, layer] of soft) codes.set(name, await layer.codes());
    return codes;
  } finally {
    for (const layer of soft.values()) layer.dispose();
    tf.dispose([...biases.values()]);
  }
}

/** Mean squared error (summed over channels) of the block on the quantized path with these real kernels. */
export async function blockError(block: Block, kernels: ReadonlyMap<TensorName, Float32Array>): Promise<number> {
  const batch = batchOf(block.target, ...[...block.inputs.values()].map(({ float }) => float));
  let sum = 0;
  for (let first = 0; first < block.count; first += batch) {
    const n = Math.min(batch, block.count - first);
    const error = tf.tidy(() => {
      const inputs = new Map([...block.inputs].map(([name, { quantized }]) => [name, slice(quantized, first, n)]));
      const tensors = new Map(
        [...block.layers].map(([name, { shape, bias }]) => [
          name,
          { kernel: tf.tensor(lookUp(kernels, name, 'kernel'), [...shape]), bias: tf.tensor1d(bias) },
        ]),
      );
      return squaredError(forwardBlock(block, inputs, tensors, fakeQuantize), slice(block.target, first, n)).mul(n);
    });
    sum += (await error.data())[0];
    error.dispose();
  }
  return sum / block.count;
}

type Tensors = ReadonlyMap<TensorName, { readonly kernel: tf.Tensor; readonly bias: tf.Tensor1D }>;

function forwardBlock(
  { nodes, quantizers }: Block,
  inputs: ReadonlyMap<TensorName, tf.Tensor>,
  weights: Tensors,
  quantize: (x: tf.Tensor, params: AffineParams) => tf.Tensor,
): tf.Tensor {
  const tensors = new Map(inputs);
  let last: tf.Tensor | null = null;
  for (const node of nodes) {
    last = forwardNode(
      node,
      inputsOf(node).map((name) => lookUp(tensors, name, 'tensor in this block')),
      weights.get(node.name) ?? {},
    );
    const params = quantizers.get(node.name);
    tensors.set(node.name, params ? quantize(last, params) : last);
  }
  if (!last) throw new Error('A block of no nodes has no output.');
  return last;
}

/** Summed over channels, averaged over images and pixels. */
function squaredError(output: tf.Tensor, target: tf.Tensor): tf.Scalar {
  return output.sub(target).square().sum(-1).mean();
}

function gather({ values, shape }: Stack, indices: readonly number[]): tf.Tensor {
  const size = values.length === 0 ? 0 : shape.reduce((product, side) => product * side, 1);
  const picked = new Float32Array(indices.length * size);
  indices.forEach((index, at) => picked.set(values.subarray(index * size, (index + 1) * size), at * size));
  return tf.tensor(picked, [indices.length, ...shape]);
}

/** 1 where the quantized value is taken, 0 where the float one stays; 16 bits of a random number decide on one. */
function mask(shape: readonly number[], drop: number, random: () => number): tf.Tensor {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const limit = drop * 65536;
  for (let i = 0; i < values.length; i += 2) {
    const word = random() * 65536;
    values[i] = word >= limit ? 1 : 0;
    values[i + 1] = (word % 1) * 65536 >= limit ? 1 : 0;
  }
  return tf.tensor(values, [...shape]);
}
