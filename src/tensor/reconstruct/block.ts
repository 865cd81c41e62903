/** Rounding learned for a block of layers together (BRECQ, Li et al. 2021), activations quantized half the time (QDrop, Wei et al. 2022). */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { seededRandom } from '../../base/random.ts';
import { inputsOf } from '../../graph/shapes.ts';
import type { GraphNode, TensorName } from '../../graph/types.ts';
import type { AffineParams } from '../../quant/types.ts';
import { fakeQuantize } from '../layers/fakeQuantize.ts';
import { forwardNode } from '../layers/forward.ts';
import { quantizeWithStep } from '../layers/steps.ts';
import { batchOf, slice, type Stack } from './node.ts';
import { settle, softLayer, type RoundedLayer, type RoundingOptions } from './rounding.ts';

/** A run of nodes between two tensors, its inputs on both paths and the float output it ought to give. */
export type Block = {
  readonly nodes: readonly GraphNode[];
  readonly layers: ReadonlyMap<TensorName, RoundedLayer & { readonly bias: Float32Array }>;
  /** Of the tensors that the block writes. */
  readonly quantizers: ReadonlyMap<TensorName, AffineParams>;
  readonly inputs: ReadonlyMap<TensorName, { readonly float: Stack; readonly quantized: Stack }>;
  readonly target: Stack;
  readonly count: number;
};

export type BlockOptions = RoundingOptions & {
  readonly batch: number;
  /** Share of the activations, input and inner, that stay float in a step. */
  readonly drop: number;
  /**
   * Adam's rate of what is learned beside the rounding: the steps of weights and activations, as the logarithm of a
   * factor (as LSQ learns them, Esser et al. 2020), and the biases, in units of their own mean square. 0: rounding alone.
   */
  readonly besideRate: number;
};

export const BLOCK: Pick<BlockOptions, 'batch' | 'drop' | 'besideRate'> = { batch: 32, drop: 0.5, besideRate: 5e-3 };

/** No step changes by more than this factor's logarithm, so that biases fit int32: see `smallestScaleFor`. */
const MOST_STRETCH = 0.65;

/** One layer as its block has learned it. */
export type LearnedLayer = {
  /** [...shape] */
  readonly codes: Int32Array;
  /** [out] or [1] */
  readonly scale: Float32Array;
  /** Real, [out]. */
  readonly bias: Float32Array;
};

export type LearnedBlock = {
  readonly layers: ReadonlyMap<TensorName, LearnedLayer>;
  /** Of the tensors that the block writes. */
  readonly quantizers: ReadonlyMap<TensorName, AffineParams>;
};

/** A vector that is learned as a function of a variable that begins at 0. */
type Learned = { readonly variable: tf.Variable; readonly value: () => tf.Tensor1D; readonly dispose: () => void };

function learned(start: ArrayLike<number>, move: (from: tf.Tensor1D, variable: tf.Variable) => tf.Tensor1D): Learned {
  const from = tf.tensor1d(Float32Array.from(start));
  const variable = tf.tidy(() => tf.variable(tf.zerosLike(from)));
  return { variable, value: () => move(from, variable), dispose: () => tf.dispose([from, variable]) };
}

const learnedSteps = (start: readonly number[]): Learned =>
  learned(start, (from, stretch) => from.mul(stretch.clipByValue(-MOST_STRETCH, MOST_STRETCH).exp()));

function learnedBias(start: Float32Array): Learned {
  const unit = Math.sqrt(start.reduce((sum, b) => sum + b * b, 0) / start.length);
  return learned(start, (from, moved) => from.add(moved.mul(unit)));
}

/** Learns the rounding of the block's weights, and beside it its steps and biases. @throws the signal's reason */
export async function roundBlock(block: Block, options: BlockOptions): Promise<LearnedBlock> {
  const layers = [...block.layers].map(([name, layer]) => ({
    name,
    rounding: softLayer(layer),
    steps: learnedSteps(layer.grids.map(({ scale }) => scale)),
    bias: learnedBias(layer.bias),
  }));
  const grids = [...block.quantizers].map(([name, params]) => ({
    name,
    params,
    steps: learnedSteps([params.scale]),
    zeroPoint: tf.tensor1d([params.zeroPoint]),
  }));
  const beside = [...layers.flatMap(({ steps, bias }) => [steps, bias]), ...grids.map(({ steps }) => steps)];
  const gridOf = new Map(grids.map((grid) => [grid.name, grid]));
  const random = seededRandom(options.seed);
  const mask = maskMaker(options.drop, random);
  const batch = Math.min(options.batch, block.count);
  const dropping = (float: tf.Tensor, rounded: tf.Tensor): tf.Tensor =>
    options.drop === 0 ? rounded : float.add(rounded.sub(float).mul(mask(float.shape)));
  const quantize = (x: tf.Tensor, name: TensorName): tf.Tensor => {
    const grid = gridOf.get(name);
    if (!grid) return x;
    const { steps, zeroPoint, params } = grid;
    return dropping(x, quantizeWithStep(x, { ...params, scale: steps.value(), zeroPoint }));
  };
  function loss(): tf.Scalar {
    const indices = Array.from({ length: batch }, () => Math.floor(random() * block.count));
    const inputs = new Map(
      [...block.inputs].map(
        ([name, { float, quantized }]) => [name, dropping(gather(float, indices), gather(quantized, indices))] as const,
      ),
    );
    const tensors = new Map(
      layers.map(({ name, rounding, steps, bias }) => [
        name,
        { kernel: rounding.soft().mul(steps.value()), bias: bias.value() },
      ]),
    );
    return squaredError(forwardBlock(block, inputs, tensors, quantize), gather(block.target, indices));
  }
  try {
    await settle(
      layers.map(({ rounding }) => rounding),
      loss,
      options,
      options.besideRate > 0
        ? { variables: beside.map(({ variable }) => variable), rate: options.besideRate }
        : undefined,
    );
    const made = new Map<TensorName, LearnedLayer>();
    for (const { name, rounding, steps, bias } of layers) {
      made.set(name, {
        codes: await rounding.codes(),
        scale: await valuesOf(steps.value),
        bias: await valuesOf(bias.value),
      });
    }
    const quantizers = new Map<TensorName, AffineParams>();
    for (const { name, params, steps } of grids)
      quantizers.set(name, { ...params, scale: (await valuesOf(steps.value))[0] });
    return { layers: made, quantizers };
  } finally {
    for (const part of [...beside, ...layers.map(({ rounding }) => rounding)]) part.dispose();
    tf.dispose(grids.map(({ zeroPoint }) => zeroPoint));
  }
}

async function valuesOf(make: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(make);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values.slice();
}

/** A block's real kernels and biases, and the grids of what it writes. */
export type BlockChoice = {
  readonly weights: ReadonlyMap<TensorName, { readonly kernel: Float32Array; readonly bias: Float32Array }>;
  readonly quantizers: ReadonlyMap<TensorName, AffineParams>;
};

/** Mean squared error (summed over channels) of the block on the quantized path. */
export async function blockError(block: Block, { weights, quantizers }: BlockChoice): Promise<number> {
  const batch = batchOf(block.target, ...[...block.inputs.values()].map(({ float }) => float));
  let sum = 0;
  for (let first = 0; first < block.count; first += batch) {
    const n = Math.min(batch, block.count - first);
    const error = tf.tidy(() => {
      const inputs = new Map([...block.inputs].map(([name, { quantized }]) => [name, slice(quantized, first, n)]));
      const tensors = new Map(
        [...block.layers].map(([name, { shape }]) => {
          const { kernel, bias } = lookUp(weights, name, 'weights');
          return [name, { kernel: tf.tensor(kernel, [...shape]), bias: tf.tensor1d(bias) }];
        }),
      );
      const quantize = (x: tf.Tensor, name: TensorName): tf.Tensor => {
        const params = quantizers.get(name);
        return params ? fakeQuantize(x, params) : x;
      };
      return squaredError(forwardBlock(block, inputs, tensors, quantize), slice(block.target, first, n)).mul(n);
    });
    sum += (await error.data())[0];
    error.dispose();
  }
  return sum / block.count;
}

type Tensors = ReadonlyMap<TensorName, { readonly kernel: tf.Tensor; readonly bias: tf.Tensor1D }>;

function forwardBlock(
  { nodes }: Block,
  inputs: ReadonlyMap<TensorName, tf.Tensor>,
  weights: Tensors,
  quantize: (x: tf.Tensor, name: TensorName) => tf.Tensor,
): tf.Tensor {
  const tensors = new Map(inputs);
  let last: tf.Tensor | null = null;
  for (const node of nodes) {
    const real = forwardNode(
      node,
      inputsOf(node).map((name) => lookUp(tensors, name, 'tensor in this block')),
      weights.get(node.name) ?? {},
    );
    last = quantize(real, node.name);
    tensors.set(node.name, last);
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

/** So many places a mask may begin at. */
const MASK_STARTS = 2 ** 18;

/**
 * Makes masks: 1 where the quantized value is taken, 0 where the float one stays. They are windows of one long row of drawn
 * values, each begun at a place that is drawn: drawing all of them anew took a seventh of a block's time.
 */
function maskMaker(drop: number, random: () => number): (shape: readonly number[]) => tf.Tensor {
  let drawn = new Float32Array(0);
  return (shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    if (drawn.length < MASK_STARTS + size) {
      drawn = Float32Array.from({ length: MASK_STARTS + size }, () => (random() >= drop ? 1 : 0));
    }
    const start = Math.floor(random() * MASK_STARTS);
    return tf.tensor(drawn.subarray(start, start + size), [...shape]);
  };
}
