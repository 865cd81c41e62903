/** What our WebGPU kernels are held to, on tiny shapes: the CPU backend. Run in Chromium, and in Node by scripts/checks/webgpu. */
import * as tf from '@tensorflow/tfjs';
import { normal, seededRandom } from '../../../base/random.ts';
import { composed } from '../../layers/batchNorm.ts';
import { composedSteps, type GridTensors } from '../../layers/steps.ts';
import { composedSgd, type SgdRule } from '../../train/sgd.ts';
import { webgpuBatchNorm } from '../batchNorm.ts';
import { convFilterGradient } from '../convFilterGradient.ts';
import { webgpuSteps } from '../fakeQuantize.ts';
import { webgpuSgd } from '../sgd.ts';

export type Check = {
  readonly name: string;
  /** The largest error, as a part of the largest value. */ readonly run: () => Promise<number>;
  readonly allowed: number;
};

function values(shape: readonly number[], seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: shape.reduce((size, side) => size * side, 1) }, () => normal(random));
}

async function on(backend: 'cpu' | 'webgpu', compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const made = compute();
  return Promise.all(made.map(async (tensor) => (await tensor.data()) as Float32Array));
}

/** The same inputs through ours on WebGPU and through tfjs's own on the CPU. */
async function compared(ours: () => tf.Tensor[], theirs: () => tf.Tensor[]): Promise<number> {
  const [actual, expected] = [await on('webgpu', ours), await on('cpu', theirs)];
  return Math.max(
    ...expected.map((list, k) => {
      if (list.length !== actual[k].length) return Infinity;
      const size = list.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
      return list.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[k][i])), 0) / size;
    }),
  );
}

type Shape4 = [number, number, number, number];

/** [input, filter, stride, padding]; tiles that are full, that have tails in every direction, splits of one and of many. */
const CONVOLUTIONS: readonly (readonly [Shape4, Shape4, number, number])[] = [
  [[2, 8, 8, 3], [3, 3, 3, 16], 1, 1],
  [[2, 9, 7, 5], [3, 3, 5, 7], 1, 1],
  [[3, 8, 8, 16], [3, 3, 16, 32], 2, 1],
  [[2, 7, 9, 8], [1, 1, 8, 17], 2, 0],
  [[1, 9, 9, 2], [7, 7, 2, 33], 2, 3],
  [[1, 2, 2, 1], [1, 1, 1, 1], 1, 0],
  [[4, 16, 16, 16], [3, 3, 16, 16], 1, 1],
  [[1, 4, 4, 40], [3, 3, 40, 36], 1, 1],
];

const filterGradients = CONVOLUTIONS.map(([input, filter, stride, pad]): Check => ({
  name: `filter gradient, input ${input.join('x')}, filter ${filter.join('x')}, stride ${stride}, padding ${pad}`,
  allowed: 1e-5,
  run: () => {
    const along = (axis: 1 | 2): number => Math.floor((input[axis] + 2 * pad - filter[axis - 1]) / stride) + 1;
    const dyShape: Shape4 = [input[0], along(1), along(2), filter[3]];
    const inputs = () => ({ x: tf.tensor4d(values(input, 1), input), dy: tf.tensor4d(values(dyShape, 2), dyShape) });
    const attrs = { strides: stride, pad, dataFormat: 'NHWC', dimRoundingMode: undefined, filterShape: filter };
    const through = (kernel: (given: Parameters<tf.KernelFunc>[0]) => tf.TensorInfo): tf.Tensor[] => [
      tf
        .engine()
        .makeTensorFromTensorInfo(
          kernel({ inputs: inputs(), attrs: attrs as unknown as tf.NamedAttrMap, backend: tf.backend() }),
        ),
    ];
    return compared(
      () => through(convFilterGradient),
      () => through((given) => tf.getKernel('Conv2DBackpropFilter', 'cpu').kernelFunc(given) as tf.TensorInfo),
    );
  },
}));

/** [shape, channels that share a step]; more values than one walk of all threads has. */
const TENSORS: readonly (readonly [number[], number])[] = [
  [[2, 5, 5, 3], 1],
  [[3, 3, 4, 21], 21],
  [[300_000], 1],
  [[1, 1, 600, 16], 16],
];

const fakeQuantizes = TENSORS.flatMap(([shape, groups]): Check[] => {
  // No value near a tie: WebGPU's division may be off by one unit in the last place.
  const x = () =>
    tf.tensor(
      values(shape, 3).map((value) => (Math.round(value * 40) + 0.25) / 40),
      shape,
    );
  const grid = (): GridTensors => ({
    scale: tf.tensor1d(Array.from({ length: groups }, (_, c) => 0.25 + (c % 3) * 0.125)),
    zeroPoint: tf.tensor1d(new Array<number>(groups).fill(groups === 1 ? 5 : 0)),
    qmin: groups === 1 ? 0 : -4,
    qmax: groups === 1 ? 15 : 3,
  });
  const dy = () => tf.tensor(values(shape, 4), shape);
  const name = `${shape.join('x')}, ${groups === 1 ? 'one step' : `${groups} steps`}`;
  const backward = ({ dx, dscale }: { dx: tf.Tensor; dscale: tf.Tensor }): tf.Tensor[] => [dx, dscale];
  return [
    {
      name: `fake quantization of ${name}`,
      allowed: 1e-6,
      run: () =>
        compared(
          () => [webgpuSteps.forward(x(), grid())],
          () => [composedSteps.forward(x(), grid())],
        ),
    },
    {
      name: `fake quantization's gradients of ${name}`,
      allowed: 1e-4,
      run: () =>
        compared(
          () => backward(webgpuSteps.backward(x(), dy(), grid())),
          () => backward(composedSteps.backward(x(), dy(), grid())),
        ),
    },
  ];
});

const batchNorms = [1, 3, 16, 21, 64, 70].flatMap((channels) =>
  [true, false].flatMap((relu): Check[] => {
    const shape: Shape4 = [2, 9, 7, channels];
    const vector = (seed: number, add = 0): tf.Tensor1D =>
      tf.tensor1d(values([channels], seed).map((value) => value + add));
    const x = (): tf.Tensor4D =>
      tf.tensor4d(
        values(shape, 5).map((value) => value + 3),
        shape,
      );
    const all = (found: Record<string, tf.Tensor>): tf.Tensor[] =>
      Object.entries(found)
        .toSorted(([p], [q]) => (p < q ? -1 : 1))
        .map(([, tensor]) => tensor);
    const forward = (rules: typeof composed): tf.Tensor[] =>
      all(rules.forward(x(), vector(6), vector(7), vector(0, 3), 1e-5, relu));
    const backward = (rules: typeof composed): tf.Tensor[] => {
      const variance = tf.tensor1d(values([channels], 8).map((value) => 1 + value * value));
      return all(
        rules.backward(
          x(),
          tf.tensor4d(values(shape, 9), shape),
          vector(10, 3),
          variance,
          vector(11),
          vector(12),
          1e-5,
          relu,
        ),
      );
    };
    const name = `${channels} channels${relu ? ', ReLU' : ''}`;
    return [
      {
        name: `batch norm of ${name}`,
        allowed: 1e-5,
        run: () =>
          compared(
            () => forward(webgpuBatchNorm),
            () => forward(composed),
          ),
      },
      {
        name: `batch norm's gradients of ${name}`,
        allowed: 1e-4,
        run: () =>
          compared(
            () => backward(webgpuBatchNorm),
            () => backward(composed),
          ),
      },
    ];
  }),
);

const runningStatistics: Check = {
  name: 'running statistics of 21 channels',
  allowed: 1e-6,
  run: () => {
    const vector = (seed: number): tf.Tensor1D => tf.tensor1d(values([21], seed));
    const moved = (rules: typeof composed): tf.Tensor[] => {
      const before = { mean: vector(13), variance: vector(14) };
      const { mean, variance } = rules.running(before, { mean: vector(15), variance: vector(16) }, 64 / 63, 0.1);
      return [mean, variance];
    };
    return compared(
      () => moved(webgpuBatchNorm),
      () => moved(composed),
    );
  },
};

/** More values than one walk of all threads has. */
const sgdSteps = [false, true].map((nesterov): Check => ({
  name: `a step of SGD on 300000 values${nesterov ? ', Nesterov' : ''}`,
  allowed: 1e-6,
  run: () => {
    const stepped = (rule: SgdRule): tf.Tensor[] => {
      const [from, velocity, gradient] = [17, 18, 19].map((seed) => tf.tensor1d(values([300_000], seed)));
      const made = rule(from, velocity, gradient, { momentum: 0.9, decay: 1e-2, rate: 0.1, nesterov });
      return [made.weight, made.velocity];
    };
    return compared(
      () => stepped(webgpuSgd),
      () => stepped(composedSgd),
    );
  },
}));

export const CHECKS: readonly Check[] = [
  ...filterGradients,
  ...fakeQuantizes,
  ...batchNorms,
  runningStatistics,
  ...sgdSteps,
];
