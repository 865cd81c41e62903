/**
 * Batch norm with the batch's own statistics, and the ReLU after it, as one differentiable op (Ioffe & Szegedy 2015).
 *
 * With a = gamma / sqrt(var + eps), b = beta - mean * a:   y = max(x a + b, 0)
 * With dy' = dy where y > 0, M rows:   dbeta = sum dy',   dgamma = sum dy' (x - mean) / sqrt(var + eps),
 * dx = a (dy' - dbeta / M - (x - mean) / sqrt(var + eps) * dgamma / M)
 */
import * as tf from '@tensorflow/tfjs';
import { doubles, kernelsOf, pointer, scratch, values, wasmBackend } from '../wasm/heap.ts';

/** Per channel, [C]; the variance is the biased one (divided by M). */
export type BatchStatistics = { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D };

type Forward = { y: tf.Tensor4D; mean: tf.Tensor1D; variance: tf.Tensor1D; a: tf.Tensor1D; b: tf.Tensor1D };
type Gradients = { dx: tf.Tensor4D; dgamma: tf.Tensor1D; dbeta: tf.Tensor1D };

/** One backend's way to compute both. */
export type BatchNormRules = {
  forward(
    x: tf.Tensor4D,
    gamma: tf.Tensor1D,
    beta: tf.Tensor1D,
    shift: tf.Tensor1D,
    eps: number,
    relu: boolean,
  ): Forward;
  backward(
    x: tf.Tensor4D,
    dy: tf.Tensor4D,
    mean: tf.Tensor1D,
    variance: tf.Tensor1D,
    a: tf.Tensor1D,
    b: tf.Tensor1D,
    eps: number,
    relu: boolean,
  ): Gradients;
  /** @param unbiased what makes the biased variance the unbiased one */
  running(before: BatchStatistics, batch: BatchStatistics, unbiased: number, momentum: number): BatchStatistics;
};

/** tfjs's own ops: right on every backend, many passes over x. */
export const composed: BatchNormRules = {
  forward(x, gamma, beta, _shift, eps, relu) {
    const { mean, variance } = tf.moments(x, [0, 1, 2]) as unknown as BatchStatistics;
    const a = gamma.mul<tf.Tensor1D>(variance.add(eps).rsqrt());
    const b = beta.sub<tf.Tensor1D>(mean.mul(a));
    const linear = x.mul<tf.Tensor4D>(a).add<tf.Tensor4D>(b);
    return { y: relu ? linear.relu() : linear, mean, variance, a, b };
  },
  backward(x, dy, mean, variance, a, b, eps, relu) {
    const passed = relu ? dy.mul<tf.Tensor4D>(x.mul(a).add(b).greater(0).cast('float32')) : dy;
    const rows = x.size / a.size;
    const normalized = x.sub(mean).mul<tf.Tensor4D>(variance.add(eps).rsqrt());
    const dbeta = passed.sum<tf.Tensor1D>([0, 1, 2]);
    const dgamma = passed.mul(normalized).sum<tf.Tensor1D>([0, 1, 2]);
    const dx = passed
      .sub(dbeta.div(rows))
      .sub(normalized.mul(dgamma.div(rows)))
      .mul<tf.Tensor4D>(a);
    return { dx, dgamma, dbeta };
  },
  running(before, batch, unbiased, momentum) {
    const moved = (from: tf.Tensor1D, to: tf.Tensor1D): tf.Tensor1D => from.mul(1 - momentum).add(to.mul(momentum));
    return {
      mean: moved(before.mean, batch.mean),
      variance: moved(before.variance, batch.variance.mul(unbiased)),
    };
  },
};

const vector = (data: ArrayLike<number>): tf.Tensor1D => tf.tensor1d(Float32Array.from(data));

/** Two passes over x forward, two back, by our own kernels on tfjs's heap. */
export const fusedWasm: BatchNormRules = {
  running: composed.running,
  forward(x, gamma, beta, shift, eps, relu) {
    const backend = wasmBackend();
    const kernels = kernelsOf(backend);
    const channels = gamma.size;
    const rows = x.size / channels;
    const sums = scratch(backend, channels);
    const squares = scratch(backend, channels);
    kernels.batchMoments(
      pointer(backend, x),
      rows,
      channels,
      pointer(backend, shift),
      pointer(backend, sums),
      pointer(backend, squares),
    );
    const [s, q] = [doubles(backend, sums).slice(), doubles(backend, squares).slice()];
    const [g, h, k] = [values(backend, gamma).slice(), values(backend, beta).slice(), values(backend, shift).slice()];
    for (const temporary of [sums, squares]) backend.disposeData(temporary.dataId);
    const mean = s.map((sum, c) => k[c] + sum / rows);
    const variance = q.map((square, c) => Math.max(0, square / rows - (s[c] / rows) ** 2));
    const a = vector(variance.map((v, c) => g[c] / Math.sqrt(v + eps)));
    const b = vector(mean.map((m, c) => h[c] - (m * g[c]) / Math.sqrt(variance[c] + eps)));
    const y = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(x.shape, 'float32')) as tf.Tensor4D;
    kernels.scaleShift(
      pointer(backend, x),
      rows,
      channels,
      pointer(backend, a),
      pointer(backend, b),
      relu,
      pointer(backend, y),
    );
    return { y, mean: vector(mean), variance: vector(variance), a, b };
  },
  backward(x, dy, mean, variance, a, b, eps, relu) {
    const backend = wasmBackend();
    const kernels = kernelsOf(backend);
    const channels = a.size;
    const rows = x.size / channels;
    const sums = scratch(backend, channels);
    const products = scratch(backend, channels);
    kernels.batchNormGradSums(
      pointer(backend, x),
      pointer(backend, dy),
      rows,
      channels,
      pointer(backend, mean),
      pointer(backend, a),
      pointer(backend, b),
      relu,
      pointer(backend, sums),
      pointer(backend, products),
    );
    const [s, p] = [doubles(backend, sums).slice(), doubles(backend, products).slice()];
    const [m, v, scale] = [mean, variance, a].map((tensor) => values(backend, tensor).slice());
    for (const temporary of [sums, products]) backend.disposeData(temporary.dataId);
    const deviation = v.map((variance_) => 1 / Math.sqrt(variance_ + eps));
    const slope = Float64Array.from(p, (product, c) => (-scale[c] * deviation[c] ** 2 * product) / rows);
    const e = vector(slope);
    const f = vector(slope.map((value, c) => (-scale[c] * s[c]) / rows - value * m[c]));
    const dx = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(x.shape, 'float32')) as tf.Tensor4D;
    kernels.batchNormGradInput(
      pointer(backend, x),
      pointer(backend, dy),
      rows,
      channels,
      pointer(backend, a),
      pointer(backend, b),
      pointer(backend, e),
      pointer(backend, f),
      relu,
      pointer(backend, dx),
    );
    return { dx, dgamma: vector(p.map((product, c) => product * deviation[c])), dbeta: vector(s) };
  },
};

/** Backends with kernels of their own; the others compose. */
export const batchNormRules = new Map<string, BatchNormRules>([['wasm', fusedWasm]]);

/**
 * @param x [N, H, W, C]
 * @param gamma, beta [C]
 * @param shift [C], any values near the batch's means (the running means serve): it keeps the float32 sums accurate
 * @param keepStatistics receives the batch's mean and biased variance, kept; the caller disposes of them
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  shift: tf.Tensor1D,
  eps: number,
  relu: boolean,
  keepStatistics: (statistics: BatchStatistics) => void,
): tf.Tensor4D {
  const rules = batchNormRules.get(tf.getBackend()) ?? composed;
  const op = tf.customGrad((...args) => {
    const [x_, gamma_, beta_, save] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const { y, mean, variance, a, b } = rules.forward(x_, gamma_, beta_, shift, eps, relu);
    keepStatistics({ mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) });
    save([x_, mean, variance, a, b]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [sx, sMean, sVariance, sa, sb] = saved as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        const { dx, dgamma, dbeta } = rules.backward(sx, dy as tf.Tensor4D, sMean, sVariance, sa, sb, eps, relu);
        return [dx, dgamma, dbeta];
      },
    };
  });
  return op(x, gamma, beta) as tf.Tensor4D;
}

/** PyTorch's momentum of the running statistics. */
export const STATISTICS_MOMENTUM = 0.1;

/** running += momentum * (batch - running), with the unbiased variance, as PyTorch does; `rows` values a channel. */
export function updateRunning(
  running: { readonly mean: tf.LayerVariable; readonly variance: tf.LayerVariable },
  batch: BatchStatistics,
  rows: number,
  momentum = STATISTICS_MOMENTUM,
): void {
  const rules = batchNormRules.get(tf.getBackend()) ?? composed;
  const before = { mean: running.mean.read() as tf.Tensor1D, variance: running.variance.read() as tf.Tensor1D };
  const { mean, variance } = rules.running(before, batch, rows / Math.max(1, rows - 1), momentum);
  running.mean.write(mean);
  running.variance.write(variance);
}
