/** Fake quantization on WebGPU: one pass forward, one back, in which the step's gradient is summed up as well. */
import type * as tf from '@tensorflow/tfjs';
import { LEAST_STEP, type GridTensors, type StepRules } from '../layers/steps.ts';
import { overAll, SUM_OVER_GROUP, THREADS, walkers } from './elementwise.ts';
import { free, run, tensorsOf, type Shader } from './run.ts';

const UNIFORMS = { size: 'i32', channels: 'i32', qmin: 'f32', qmax: 'f32' } as const;

/** WGSL: the value's grid. One step for the tensor is one channel. */
const GRID = `
    let c = i % u.channels;
    let s = max(scale[c], ${LEAST_STEP});
    let low = u.qmin - zeroPoint[c];
    let high = u.qmax - zeroPoint[c];
    let v = x[i] / s;
    let q = min(max(round(v), low), high);`;

const forward: Shader = {
  name: 'fakeQuantize',
  inputs: ['x', 'scale', 'zeroPoint'],
  outputs: ['y'],
  uniforms: UNIFORMS,
  workgroup: [THREADS, 1, 1],
  body: overAll(`${GRID}
    y[i] = q * s;`),
};

/** WGSL: dx, and what the value adds to the step's gradient. */
const BACK = `${GRID}
    let inside = f32(v >= low && v <= high);
    dx[i] = dy[i] * inside;
    total += dy[i] * (q - v * inside);`;

/** One step for the tensor: each workgroup leaves its part of the sum. */
const backwardTensor: Shader = {
  name: 'fakeQuantizeGrad',
  inputs: ['x', 'dy', 'scale', 'zeroPoint'],
  outputs: ['dx', 'parts'],
  uniforms: UNIFORMS,
  workgroup: [THREADS, 1, 1],
  declarations: `var<workgroup> sums : array<f32, ${THREADS}>;${SUM_OVER_GROUP}`,
  body: `
  var total = 0.0;
  ${overAll(BACK)}
  sumOverGroup(index, total);
  if (index == 0u) { parts[wid.x] = sums[0]; }`,
};

/** One step for each channel: a workgroup a channel. */
const backwardChannels: Shader = {
  ...backwardTensor,
  name: 'fakeQuantizeChannelsGrad',
  body: `
  var total = 0.0;
  for (var i = i32(wid.x) + i32(index) * u.channels; i < u.size; i += ${THREADS} * u.channels) {
    ${BACK}
  }
  sumOverGroup(index, total);
  if (index == 0u) { parts[wid.x] = sums[0]; }`,
};

const uniformsOf = (x: tf.Tensor, { scale, qmin, qmax }: GridTensors): number[] => [x.size, scale.size, qmin, qmax];

/** See steps.ts for the formulas. */
export const webgpuSteps: StepRules = {
  forward(x, grid) {
    const made = run(forward, {
      inputs: [x, grid.scale, grid.zeroPoint],
      outputs: [x.shape],
      uniforms: uniformsOf(x, grid),
      dispatch: [walkers(x.size), 1, 1],
    });
    return tensorsOf(made)[0];
  },
  backward(x, dy, grid) {
    const { scale, zeroPoint } = grid;
    const perTensor = scale.size === 1;
    const groups = perTensor ? walkers(x.size) : scale.size;
    const [dx, parts] = run(perTensor ? backwardTensor : backwardChannels, {
      inputs: [x, dy, scale, zeroPoint],
      outputs: [x.shape, [groups]],
      uniforms: uniformsOf(x, grid),
      dispatch: [groups, 1, 1],
    });
    if (!perTensor) {
      const [gradient, dscale] = tensorsOf([dx, parts]);
      return { dx: gradient, dscale: dscale as tf.Tensor1D };
    }
    const [total] = run(sumAll, { inputs: [parts], outputs: [[1]], uniforms: [groups], dispatch: [1, 1, 1] });
    free(parts);
    const [gradient, dscale] = tensorsOf([dx, total]);
    return { dx: gradient, dscale: dscale as tf.Tensor1D };
  },
};

const sumAll: Shader = {
  name: 'sumAll',
  inputs: ['parts'],
  outputs: ['total'],
  uniforms: { size: 'i32' },
  workgroup: [THREADS, 1, 1],
  declarations: backwardTensor.declarations,
  body: `
  var part = 0.0;
  for (var i = i32(index); i < u.size; i += ${THREADS}) { part += parts[i]; }
  sumOverGroup(index, part);
  if (index == 0u) { total[0] = sums[0]; }`,
};
