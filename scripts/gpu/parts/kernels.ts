/** Part (c), single kernels: ours against tfjs's own, in turn in one run. */
import * as tf from '@tensorflow/tfjs';
import { composed } from '../../../src/tensor/layers/batchNorm.ts';
import { composedSteps } from '../../../src/tensor/layers/steps.ts';
import { webgpuBatchNorm } from '../../../src/tensor/webgpu/batchNorm.ts';
import { convFilterGradient } from '../../../src/tensor/webgpu/convFilterGradient.ts';
import { webgpuSteps } from '../../../src/tensor/webgpu/fakeQuantize.ts';
import { stockKernel } from '../../../src/tensor/webgpu/register.ts';
import { median, rounded, type Emit, type Sizes } from './sizes.ts';

type Contender = () => tf.Tensor[];

/** ResNet-20's kinds of 3x3 convolutions: [side, in, out, stride]. The deepest and the widest come first. */
const LAYERS = [
  [8, 64, 64, 1],
  [32, 16, 16, 1],
  [32, 3, 16, 1],
  [32, 16, 32, 2],
  [16, 32, 32, 1],
  [16, 32, 64, 2],
] as const;

const through = (kernel: tf.KernelFunc, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor[] => [
  tf
    .engine()
    .makeTensorFromTensorInfo(kernel({ inputs, attrs: attrs as never, backend: tf.backend() }) as tf.TensorInfo),
];

/** Which of tfjs's two programs for the gradient of a convolution's input runs. */
const NAIVE = 'WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE';

function inputGradient(naive: boolean, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor[] {
  tf.env().set(NAIVE, naive);
  return through(stockKernel('Conv2DBackpropInput'), inputs, attrs);
}

/** Until one value of the last output has come back: all that was submitted before it is done. */
async function timed(contender: Contender): Promise<number> {
  const start = performance.now();
  const made = contender();
  const last = tf.tidy(() => made[made.length - 1].reshape([-1]).slice(0, 1));
  await last.data();
  const ms = performance.now() - start;
  tf.dispose([...made, last]);
  return ms;
}

/** tfjs's backend must be open, with our kernels registered. `ratio` is stock / ours, of the medians. */
export async function kernelsPart(
  emit: Emit,
  { kernelBatch: batch, kernelLayers, runs }: Pick<Sizes, 'kernelBatch' | 'kernelLayers' | 'runs'>,
): Promise<void> {
  const chosen = tf.env().getBool(NAIVE);
  async function race(kernel: string, ours: Contender, stock: Contender): Promise<void> {
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run <= runs; run++) {
      for (const [i, contender] of [ours, stock].entries()) {
        const ms = await timed(contender);
        if (run > 0) times[i].push(ms);
      }
    }
    const [oursMs, stockMs] = times.map(median);
    emit({ kernel, batch, runs, oursMs: rounded(oursMs), stockMs: rounded(stockMs), ratio: rounded(stockMs / oursMs) });
  }

  for (const [side, from, to, stride] of LAYERS.slice(0, kernelLayers)) {
    const filterShape: [number, number, number, number] = [3, 3, from, to];
    const x = tf.randomNormal([batch, side, side, from]);
    const dy = tf.randomNormal([batch, side / stride, side / stride, to]);
    const filter = tf.randomNormal(filterShape);
    const attrs = { strides: stride, pad: 1, dataFormat: 'NHWC', filterShape };
    const name = `${side}x${side}, ${from} to ${to}, stride ${stride}`;
    await race(
      `filter gradient ${name}`,
      () => through(convFilterGradient, { x, dy }, attrs),
      () => through(stockKernel('Conv2DBackpropFilter'), { x, dy }, attrs),
    );
    await race(
      `input gradient ${name}, matrix product against pixel by pixel`,
      () => inputGradient(false, { dy, filter }, { ...attrs, inputShape: x.shape }),
      () => inputGradient(true, { dy, filter }, { ...attrs, inputShape: x.shape }),
    );
    tf.env().set(NAIVE, chosen);
    tf.dispose([x, dy, filter]);
  }

  const x = tf.randomNormal([batch, 32, 32, 16]) as tf.Tensor4D;
  const dy = tf.randomNormal([batch, 32, 32, 16]) as tf.Tensor4D;
  const grid = { scale: tf.tensor1d([0.1]), zeroPoint: tf.tensor1d([0]), qmin: 0, qmax: 15 };
  const quantizing =
    (rules: typeof composedSteps): Contender =>
    () =>
      tf.tidy(() => {
        const { dx, dscale } = rules.backward(x, dy, grid);
        return [rules.forward(x, grid), dx, dscale];
      });
  await race('fake quantization 32x32x16, forward and back', quantizing(webgpuSteps), quantizing(composedSteps));
  const [gamma, beta, shift] = [tf.ones([16]), tf.zeros([16]), tf.zeros([16])] as tf.Tensor1D[];
  const norms =
    (rules: typeof composed): Contender =>
    () =>
      tf.tidy(() => {
        const { y, mean, variance, a, b } = rules.forward(x, gamma, beta, shift, 1e-5, true);
        const { dx, dgamma, dbeta } = rules.backward(x, dy, mean, variance, a, b, 1e-5, true);
        return [y, dx, dgamma, dbeta];
      });
  await race('batch norm 32x32x16, forward and back', norms(webgpuBatchNorm), norms(composed));
  tf.dispose([x, dy, grid.scale, grid.zeroPoint, gamma, beta, shift]);
}
