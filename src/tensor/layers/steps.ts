/**
 * Fake quantization as one differentiable op whose step size can be learned.
 *
 * With v = x / s, low = qmin - z, high = qmax - z, q = clamp(rne(v), low, high), inside = (low <= v <= high):
 *
 *     forward     y  = q s
 *     backward    dx = dy inside                            straight-through estimator (Bengio et al. 2013)
 *                 ds = g sum dy (q - v inside)              learned step size, LSQ (Esser et al. 2020)
 */
import * as tf from '@tensorflow/tfjs';
import { doubles, kernelsOf, output, pointer, scratch, wasmBackend } from '../wasm/heap.ts';

/** Step and zero point as float32 tensors, [1] for the whole tensor or [C] for each channel of the last axis. */
export type GridTensors = {
  readonly scale: tf.Tensor1D;
  readonly zeroPoint: tf.Tensor1D;
  readonly qmin: number;
  readonly qmax: number;
};

/** One backend's way to compute both; `dscale` has the shape of `scale` and is not yet times g. */
export type StepRules = {
  readonly forward: (x: tf.Tensor, grid: GridTensors) => tf.Tensor;
  readonly backward: (x: tf.Tensor, dy: tf.Tensor, grid: GridTensors) => { dx: tf.Tensor; dscale: tf.Tensor1D };
};

/** A learned step is held above this, whatever its optimizer does. */
export const LEAST_STEP = 1e-8;

const bounds = ({ zeroPoint, qmin, qmax }: GridTensors): { low: tf.Tensor; high: tf.Tensor } => ({
  low: tf.sub(qmin, zeroPoint),
  high: tf.sub(qmax, zeroPoint),
});

/** tfjs's own ops: right on every backend, many passes over x. */
export const composedSteps: StepRules = {
  forward(x, grid) {
    const { low, high } = bounds(grid);
    const scale = grid.scale.maximum(LEAST_STEP);
    return x.div(scale).round().maximum(low).minimum(high).mul(scale);
  },
  backward(x, dy, grid) {
    const { low, high } = bounds(grid);
    const v = x.div(grid.scale.maximum(LEAST_STEP));
    const inside = v.greaterEqual(low).logicalAnd(v.lessEqual(high)).cast('float32');
    const slopes = dy.mul(v.round().maximum(low).minimum(high).sub(v.mul(inside)));
    const channels = grid.scale.size;
    const dscale =
      channels === 1 ? slopes.sum().reshape<tf.Tensor1D>([1]) : slopes.reshape([-1, channels]).sum<tf.Tensor1D>(0);
    return { dx: dy.mul(inside), dscale };
  },
};

/** One pass over x forward, one back, by our own kernels on tfjs's heap. */
export const wasmSteps: StepRules = {
  forward(x, { scale, zeroPoint, qmin, qmax }) {
    const backend = wasmBackend();
    const kernels = kernelsOf(backend);
    const y = output(x.shape);
    const [px, ps, pz, py] = [x, scale, zeroPoint, y].map((tensor) => pointer(backend, tensor));
    if (scale.size === 1) kernels.fakeQuantize(px, x.size, ps, pz, qmin, qmax, py);
    else kernels.fakeQuantizeChannels(px, x.size / scale.size, scale.size, ps, pz, qmin, qmax, py);
    return y;
  },
  backward(x, dy, { scale, zeroPoint, qmin, qmax }) {
    const backend = wasmBackend();
    const kernels = kernelsOf(backend);
    const dx = output(x.shape);
    const [px, pdy, ps, pz, pdx] = [x, dy, scale, zeroPoint, dx].map((tensor) => pointer(backend, tensor));
    if (scale.size === 1) {
      return { dx, dscale: tf.tensor1d([kernels.fakeQuantizeGrad(px, pdy, x.size, ps, pz, qmin, qmax, pdx)]) };
    }
    const sums = scratch(backend, scale.size);
    kernels.fakeQuantizeChannelsGrad(
      px,
      pdy,
      x.size / scale.size,
      scale.size,
      ps,
      pz,
      qmin,
      qmax,
      pdx,
      pointer(backend, sums),
    );
    const dscale = tf.tensor1d(Float32Array.from(doubles(backend, sums)));
    backend.disposeData(sums.dataId);
    return { dx, dscale };
  },
};

/** Backends with kernels of their own; the others compose. */
export const stepRules = new Map<string, StepRules>([['wasm', wasmSteps]]);

/**
 * @param x float32, any shape; its last axis is C where the grid has one step for each channel
 * @param gradientScale g in the formula above: 1 / sqrt(N qmax) for LSQ, N values sharing a step
 */
export function quantizeWithStep<T extends tf.Tensor>(x: T, grid: GridTensors, gradientScale = 1): T {
  const rules = stepRules.get(tf.getBackend()) ?? composedSteps;
  const { zeroPoint, qmin, qmax } = grid;
  const op = tf.customGrad((...args) => {
    const [x_, scale, save] = args as unknown as [tf.Tensor, tf.Tensor1D, tf.GradSaveFunc];
    save([x_, scale, zeroPoint]);
    return {
      value: rules.forward(x_, { scale, zeroPoint, qmin, qmax }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [sx, sScale, sZeroPoint] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
        const { dx, dscale } = rules.backward(sx, dy, { scale: sScale, zeroPoint: sZeroPoint, qmin, qmax });
        return [dx, dscale.mul(gradientScale)];
      },
    };
  });
  return op(x, grid.scale) as T;
}

/** [min, max] of a tensor, each [1]. */
export function extremesOf(x: tf.Tensor): [low: tf.Tensor1D, high: tf.Tensor1D] {
  if (tf.getBackend() !== 'wasm') return [x.min().reshape([1]), x.max().reshape([1])];
  const backend = wasmBackend();
  const both = output([2]) as tf.Tensor1D;
  kernelsOf(backend).extremes(pointer(backend, x), x.size, pointer(backend, both));
  return [both.slice(0, 1), both.slice(1, 1)];
}
