/** Batch norm in training on WebGPU: two passes over x forward, two back; see ../batchNorm.ts for the formulas. */
import type * as tf from '@tensorflow/tfjs';
import type { BatchNormRules } from '../layers/batchNorm.ts';
import { overAll, THREADS, walkers } from './elementwise.ts';
import { free, run, tensorsOf, type Shader } from './run.ts';

/** Splits of the rows, so that few channels fill the GPU, too. */
const MOST_SPLITS = 64;

/** Channels that neighbouring threads read side by side: a power of two. */
const lanesFor = (channels: number): number => Math.min(64, 2 ** Math.ceil(Math.log2(channels)));

/**
 * WGSL: two sums over the rows for each channel, of `first` and `second` (expressions of i, the value's place, and c).
 * A workgroup has `lanes` channels and THREADS / lanes rows at a time; it leaves its parts in parts[split][2][channels].
 */
const twoSums = (name: string, lanes: number, inputs: readonly string[], statement: string): Shader => ({
  name: `${name} ${lanes}`,
  inputs,
  outputs: ['parts'],
  uniforms: { rows: 'i32', channels: 'i32', relu: 'i32' },
  workgroup: [THREADS, 1, 1],
  declarations: `var<workgroup> firsts : array<f32, ${THREADS}>; var<workgroup> seconds : array<f32, ${THREADS}>;`,
  body: `
  let lane = i32(index) % ${lanes};
  let c = i32(wid.x) * ${lanes} + lane;
  var first = 0.0;
  var second = 0.0;
  if (c < u.channels) {
    let stride = i32(groups.y) * ${THREADS / lanes};
    for (var row = i32(wid.y) * ${THREADS / lanes} + i32(index) / ${lanes}; row < u.rows; row += stride) {
      let i = row * u.channels + c;
      ${statement}
    }
  }
  firsts[index] = first;
  seconds[index] = second;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half >= ${lanes}u; half /= 2u) {
    if (index < half) {
      firsts[index] += firsts[index + half];
      seconds[index] += seconds[index + half];
    }
    workgroupBarrier();
  }
  if (i32(index) < ${lanes} && c < u.channels) {
    parts[(i32(wid.y) * 2) * u.channels + c] = firsts[index];
    parts[(i32(wid.y) * 2 + 1) * u.channels + c] = seconds[index];
  }`,
});

/** WGSL: the parts of channel c added up. */
const ADD_PARTS = `
  let c = i32(gid.x);
  if (c >= u.channels) { return; }
  var first = 0.0;
  var second = 0.0;
  for (var split = 0; split < u.splits; split++) {
    first += parts[split * 2 * u.channels + c];
    second += parts[(split * 2 + 1) * u.channels + c];
  }`;

const perChannel = {
  uniforms: { channels: 'i32', splits: 'i32', rows: 'f32', eps: 'f32' },
  workgroup: [64, 1, 1],
} as const;

/** Sums of x - shift and its square, to the statistics and the line that normalizes. */
const statistics: Shader = {
  ...perChannel,
  name: 'batchNormStatistics',
  inputs: ['parts', 'shift', 'gamma', 'beta'],
  outputs: ['mean', 'variance', 'a', 'b'],
  body: `${ADD_PARTS}
  let shifted = first / u.rows;
  let m = shift[c] + shifted;
  let v = max(second / u.rows - shifted * shifted, 0.0);
  let slope = gamma[c] / sqrt(v + u.eps);
  mean[c] = m;
  variance[c] = v;
  a[c] = slope;
  b[c] = beta[c] - m * slope;`,
};

/** Sums of dy' and dy' (x - mean), to the gradients and the line that dx takes from x: dx = a dy' + e x + f. */
const gradients: Shader = {
  ...perChannel,
  name: 'batchNormGradients',
  inputs: ['parts', 'mean', 'variance', 'a'],
  outputs: ['dgamma', 'dbeta', 'e', 'f'],
  body: `${ADD_PARTS}
  let deviation = 1.0 / sqrt(variance[c] + u.eps);
  let slope = -a[c] * deviation * deviation * second / u.rows;
  dgamma[c] = second * deviation;
  dbeta[c] = first;
  e[c] = slope;
  f[c] = -a[c] * first / u.rows - slope * mean[c];`,
};

const overValues = { uniforms: { size: 'i32', channels: 'i32', relu: 'i32' }, workgroup: [THREADS, 1, 1] } as const;

const normalize: Shader = {
  ...overValues,
  name: 'batchNormApply',
  inputs: ['x', 'a', 'b'],
  outputs: ['y'],
  body: overAll(`
    let c = i % u.channels;
    let value = x[i] * a[c] + b[c];
    y[i] = select(value, max(value, 0.0), u.relu == 1);`),
};

const PASSED = 'select(0.0, dy[i], u.relu == 0 || x[i] * a[c] + b[c] > 0.0)';

const inputGradient: Shader = {
  ...overValues,
  name: 'batchNormGradInput',
  inputs: ['x', 'dy', 'a', 'b', 'e', 'f'],
  outputs: ['dx'],
  body: overAll(`
    let c = i % u.channels;
    dx[i] = a[c] * ${PASSED} + e[c] * x[i] + f[c];`),
};

/** @returns the parts and how many splits they are of */
function sumsOf(
  shader: (lanes: number) => Shader,
  inputs: readonly tf.TensorInfo[],
  rows: number,
  channels: number,
  relu: boolean,
): { parts: tf.TensorInfo; splits: number } {
  const lanes = lanesFor(channels);
  const splits = Math.max(1, Math.min(MOST_SPLITS, Math.floor((rows * lanes) / (THREADS * 4))));
  const [parts] = run(shader(lanes), {
    inputs,
    outputs: [[splits, 2, channels]],
    uniforms: [rows, channels, Number(relu)],
    dispatch: [Math.ceil(channels / lanes), splits, 1],
  });
  return { parts, splits };
}

const moments = (lanes: number): Shader =>
  twoSums(
    'batchNormMoments',
    lanes,
    ['x', 'shift'],
    `
      let d = x[i] - shift[c];
      first += d;
      second += d * d;`,
  );

const gradientSums = (lanes: number): Shader =>
  twoSums(
    'batchNormGradSums',
    lanes,
    ['x', 'dy', 'mean', 'a', 'b'],
    `
      let passed = ${PASSED};
      first += passed;
      second += passed * (x[i] - mean[c]);`,
  );

const runningStatistics: Shader = {
  name: 'runningStatistics',
  inputs: ['mean', 'variance', 'batchMean', 'batchVariance'],
  outputs: ['newMean', 'newVariance'],
  uniforms: { size: 'i32', unbiased: 'f32', momentum: 'f32' },
  workgroup: [THREADS, 1, 1],
  body: overAll(`
    newMean[i] = mean[i] * (1.0 - u.momentum) + batchMean[i] * u.momentum;
    newVariance[i] = variance[i] * (1.0 - u.momentum) + batchVariance[i] * u.unbiased * u.momentum;`),
};

export const webgpuBatchNorm: BatchNormRules = {
  forward(x, gamma, beta, shift, eps, relu) {
    const channels = gamma.size;
    const rows = x.size / channels;
    const { parts, splits } = sumsOf(moments, [x, shift], rows, channels, false);
    const vector = [channels];
    const found = run(statistics, {
      inputs: [parts, shift, gamma, beta],
      outputs: [vector, vector, vector, vector],
      uniforms: [channels, splits, rows, eps],
      dispatch: [Math.ceil(channels / 64), 1, 1],
    });
    free(parts);
    const made = run(normalize, {
      inputs: [x, found[2], found[3]],
      outputs: [x.shape],
      uniforms: [x.size, channels, Number(relu)],
      dispatch: [walkers(x.size), 1, 1],
    });
    const [y, mean, variance, a, b] = tensorsOf([...made, ...found]);
    return {
      y: y as tf.Tensor4D,
      mean: mean as tf.Tensor1D,
      variance: variance as tf.Tensor1D,
      a: a as tf.Tensor1D,
      b: b as tf.Tensor1D,
    };
  },
  backward(x, dy, mean, variance, a, b, eps, relu) {
    const channels = a.size;
    const rows = x.size / channels;
    const { parts, splits } = sumsOf(gradientSums, [x, dy, mean, a, b], rows, channels, relu);
    const vector = [channels];
    const [dgamma, dbeta, e, f] = run(gradients, {
      inputs: [parts, mean, variance, a],
      outputs: [vector, vector, vector, vector],
      uniforms: [channels, splits, rows, eps],
      dispatch: [Math.ceil(channels / 64), 1, 1],
    });
    const [dx] = run(inputGradient, {
      inputs: [x, dy, a, b, e, f],
      outputs: [x.shape],
      uniforms: [x.size, channels, Number(relu)],
      dispatch: [walkers(x.size), 1, 1],
    });
    free(parts, e, f);
    const made = tensorsOf([dx, dgamma, dbeta]);
    return { dx: made[0] as tf.Tensor4D, dgamma: made[1] as tf.Tensor1D, dbeta: made[2] as tf.Tensor1D };
  },
  running(before, batch, unbiased, momentum) {
    const { shape, size } = before.mean;
    const made = run(runningStatistics, {
      inputs: [before.mean, before.variance, batch.mean, batch.variance],
      outputs: [shape, shape],
      uniforms: [size, unbiased, momentum],
      dispatch: [walkers(size), 1, 1],
    });
    const [mean, variance] = tensorsOf(made);
    return { mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
  },
};
