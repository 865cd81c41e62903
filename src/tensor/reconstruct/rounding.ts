/** AdaRound's soft rounding: each weight slides between its two neighbours on the grid until it takes one (Nagel et al. 2020). */
import * as tf from '@tensorflow/tfjs';
import { breathe } from '../../base/breathe.ts';
import type { AffineParams } from '../../quant/types.ts';
import type { Moments } from './gram.ts';

/** One layer's weights and the grids they are to lie on; the last axis is the output channel. */
export type RoundedLayer = {
  readonly kernel: Float32Array;
  readonly shape: readonly number[];
  /** One for the tensor, or one for each output channel. */
  readonly grids: readonly AffineParams[];
};

export type RoundingOptions = {
  /** Steps of the optimizer. */
  readonly steps: number;
  /** Adam's learning rate of V. */
  readonly rate: number;
  /** Weight of the term that drives h(V) to 0 or 1. */
  readonly lambda: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Called now and then. */
  readonly onStep?: (done: number, steps: number) => void;
};

export const ROUNDING: Omit<RoundingOptions, 'signal' | 'onStep'> = { steps: 2000, rate: 1e-2, lambda: 1e-2, seed: 1 };

/** Of the steps, without the term that drives to 0 or 1. */
const WARM_UP = 0.2;
const BETA = { first: 20, last: 2 };

/** h stretches the sigmoid over [-0.1, 1.1], so that 0 and 1 are reached. */
const STRETCH = { low: -0.1, width: 1.2 };

/** A layer's V and what is needed to make weights of it. */
export type SoftLayer = {
  readonly v: tf.Variable;
  /** w~ = clip(floor(w / scale) + h(V), low, high), in units of the layer's steps, [...shape]. */
  readonly soft: () => tf.Tensor;
  /** The grids' steps, [out] or [1]. */
  readonly scale: tf.Tensor1D;
  /** Sum of 1 - |2 h(V) - 1|^beta. */
  readonly undecided: (beta: number) => tf.Scalar;
  /** The codes of h(V) >= 1/2, [...shape]. */
  readonly codes: () => Promise<Int32Array>;
  readonly dispose: () => void;
};

/** Starts with h(V) at the fraction that rounding down leaves, so that w~ = w. */
export function softLayer({ kernel, shape, grids }: RoundedLayer): SoftLayer {
  const channels = shape[shape.length - 1];
  const gridAt = (i: number) => grids[grids.length > 1 ? i % channels : 0];
  const down = Float32Array.from(kernel, (w, i) => Math.floor(w / gridAt(i).scale));
  const start = Float32Array.from(kernel, (w, i) => inverseH(w / gridAt(i).scale - down[i]));
  const floor = tf.tensor(down, [...shape]);
  const scale = tf.tensor1d(grids.map((grid) => grid.scale));
  const low = tf.tensor1d(grids.map(({ qmin, zeroPoint }) => qmin - zeroPoint));
  const high = tf.tensor1d(grids.map(({ qmax, zeroPoint }) => qmax - zeroPoint));
  const v = tf.tidy(() => tf.variable(tf.tensor(start, [...shape])));
  const h = (): tf.Tensor => v.sigmoid().mul(STRETCH.width).add(STRETCH.low).clipByValue(0, 1);
  return {
    v,
    scale,
    soft: () => tf.minimum(tf.maximum(floor.add(h()), low), high),
    undecided: (beta) => tf.sub(1, h().mul(2).sub(1).abs().pow(beta)).sum(),
    async codes() {
      const chosen = await tf.tidy(() => h().greaterEqual(0.5)).data();
      return Int32Array.from(down, (code, i) => {
        const { qmin, qmax, zeroPoint } = gridAt(i);
        return Math.min(Math.max(code + chosen[i] + zeroPoint, qmin), qmax);
      });
    },
    dispose: () => tf.dispose([v, floor, scale, low, high]),
  };
}

function inverseH(fraction: number): number {
  return -Math.log(STRETCH.width / (fraction - STRETCH.low) - 1);
}

/** beta of the step, or null while warming up. */
function betaAt(step: number, steps: number): number | null {
  const start = WARM_UP * steps;
  if (step < start) return null;
  return BETA.last + (BETA.first - BETA.last) * (1 - (step - start) / (steps - start));
}

/** Between two chances to stop: a step of a large block takes seconds, one of a small layer a fraction of a millisecond. */
const BREATH_MS = 100;

/** What is learned beside the rounding, at a rate of its own. */
export type Beside = { readonly variables: readonly tf.Variable[]; readonly rate: number };

/**
 * Adam over the layers' V: the loss plus lambda times what is undecided.
 * @param loss of the soft weights at a step
 * @throws the signal's reason
 */
export async function settle(
  layers: readonly SoftLayer[],
  loss: (step: number) => tf.Scalar,
  options: RoundingOptions,
  beside: Beside = { variables: [], rate: 0 },
): Promise<void> {
  const { steps, rate, lambda, signal, onStep } = options;
  const groups = [{ variables: layers.map(({ v }) => v), rate }, beside].filter(
    ({ variables }) => variables.length > 0,
  );
  const optimizers = groups.map((group) => ({ ...group, adam: tf.train.adam(group.rate) }));
  const learned = groups.flatMap(({ variables }) => variables);
  let breathed = -Infinity;
  try {
    for (let step = 0; step < steps; step++) {
      if (performance.now() - breathed > BREATH_MS) {
        onStep?.(step, steps);
        await breathe();
        signal?.throwIfAborted();
        breathed = performance.now();
      }
      const beta = betaAt(step, steps);
      const { value, grads } = tf.variableGrads(() => {
        const error = loss(step);
        return beta === null
          ? error
          : tf.addN([error, ...layers.map((layer) => layer.undecided(beta).mul<tf.Scalar>(lambda))]);
      }, learned);
      for (const { adam, variables } of optimizers)
        adam.applyGradients(variables.map(({ name }) => ({ name, tensor: grads[name] })));
      tf.dispose([value, ...Object.values(grads)]);
    }
  } finally {
    for (const { adam } of optimizers) adam.dispose();
  }
}

/**
 * AdaRound of one layer by its second moments: the gradient of the whole calibration set at the price of one small
 * matrix product a step. Its ReLU is left out.
 * @returns codes [...shape]
 */
export async function roundByMoments(
  moments: Moments,
  layer: RoundedLayer,
  options: RoundingOptions,
): Promise<Int32Array> {
  const { depth, out } = moments;
  const soft = softLayer(layer);
  const shared = moments.gram.length === depth * depth;
  const gram = tf.tensor(Float32Array.from(moments.gram), shared ? [depth, depth] : [out, depth, depth]);
  /** gram w for each output channel, [depth, out]. */
  const gramTimes = (w: tf.Tensor2D): tf.Tensor2D =>
    shared
      ? tf.matMul(gram as tf.Tensor2D, w)
      : tf.matMul(gram, w.transpose().expandDims(2)).squeeze<tf.Tensor2D>([2]).transpose();
  const cross = tf.tensor2d(Float32Array.from(moments.cross), [depth, out]);
  // Written out, since the gradient needs no second product: gram is symmetric.
  const quadratic = tf.customGrad((...args) => {
    const [w, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const product = gramTimes(w);
    const slope = product.sub(cross);
    save([slope]);
    const value = w.mul(slope.sub(cross)).sum();
    return { value, gradFunc: (dy: tf.Tensor, [half]: tf.Tensor[]) => half.mul(2).mul(dy) };
  });
  try {
    await settle([soft], () => quadratic(soft.soft().mul(soft.scale).reshape([depth, out])) as tf.Scalar, options);
    return await soft.codes();
  } finally {
    soft.dispose();
    tf.dispose([gram, cross]);
  }
}
