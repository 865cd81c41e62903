/**
 * Our WebGPU kernels against what tfjs has, in turns in one run, on whatever adapter the npm package webgpu finds
 * (VK_ICD_FILENAMES and LD_LIBRARY_PATH as in scripts/checks/webgpu/nodeGpu.ts, where there is no GPU):
 * `npx tsx bench/webgpu.ts [--batch 64] [--runs 7] [--memory]`. Milliseconds are medians; `ratio` is stock / ours.
 * --memory takes one QAT step of ResNet-20 instead, and prints the GPU bytes that tfjs holds after it.
 */
import { parseArgs } from 'node:util';
import type { KernelFunc, Tensor, Tensor1D, Tensor4D, TensorInfo } from '@tensorflow/tfjs';
import { installNodeGpu } from '../scripts/checks/webgpu/nodeGpu.ts';

const { values: args } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    runs: { type: 'string', default: '7' },
    memory: { type: 'boolean', default: false },
  },
});
const [batch, runs] = [Number(args.batch), Number(args.runs)];

const adapter = await installNodeGpu();
if (!adapter) {
  console.error('bench/webgpu.ts: no WebGPU adapter here; set VK_ICD_FILENAMES to a Vulkan driver.');
  process.exit(1);
}
// tfjs looks for navigator.gpu as it is loaded.
const tf = await import('@tensorflow/tfjs');
const { openBackend } = await import('../src/tensor/backend.ts');
const { composed } = await import('../src/tensor/layers/batchNorm.ts');
const { composedSteps } = await import('../src/tensor/layers/steps.ts');
const { nodePlatform } = await import('../src/tensor/wasm/node.ts');
const { webgpuBatchNorm } = await import('../src/tensor/webgpu/batchNorm.ts');
const { convFilterGradient } = await import('../src/tensor/webgpu/convFilterGradient.ts');
const { webgpuSteps } = await import('../src/tensor/webgpu/fakeQuantize.ts');
const { stockKernel } = await import('../src/tensor/webgpu/register.ts');
await openBackend('webgpu', nodePlatform);

if (args.memory) {
  const { gpuStepMemory } = await import('./webgpuMemory.ts');
  console.log(JSON.stringify({ ...(await gpuStepMemory(batch)), batch, adapter }));
  process.exit(0);
}

type Contender = () => Tensor[];

const median = (list: readonly number[]): number => list.toSorted((p, q) => p - q)[list.length >> 1];

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

async function race(name: string, ours: Contender, stock: Contender): Promise<void> {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run++) {
    for (const [i, contender] of [ours, stock].entries()) {
      const ms = await timed(contender);
      if (run > 0) times[i].push(ms);
    }
  }
  const [oursMs, stockMs] = times.map(median);
  console.log(
    JSON.stringify({
      kernel: name,
      batch,
      runs,
      adapter,
      oursMs: Number(oursMs.toFixed(2)),
      stockMs: Number(stockMs.toFixed(2)),
      ratio: Number((stockMs / oursMs).toFixed(2)),
    }),
  );
}

/** ResNet-20's kinds of 3x3 convolutions: [side, in, out, stride]. */
const LAYERS = [
  [32, 3, 16, 1],
  [32, 16, 16, 1],
  [32, 16, 32, 2],
  [16, 32, 32, 1],
  [16, 32, 64, 2],
  [8, 64, 64, 1],
] as const;

const through = (kernel: KernelFunc, inputs: Record<string, Tensor>, attrs: object): Tensor[] => [
  tf.engine().makeTensorFromTensorInfo(kernel({ inputs, attrs: attrs as never, backend: tf.backend() }) as TensorInfo),
];

for (const [side, from, to, stride] of LAYERS) {
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
  const input = (naive: boolean): Tensor[] => {
    tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', naive);
    return through(stockKernel('Conv2DBackpropInput'), { dy, filter }, { ...attrs, inputShape: x.shape });
  };
  await race(
    `input gradient ${name}, matrix product against pixel by pixel`,
    () => input(false),
    () => input(true),
  );
  tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  tf.dispose([x, dy, filter]);
}

const x = tf.randomNormal([batch, 32, 32, 16]) as Tensor4D;
const dy = tf.randomNormal([batch, 32, 32, 16]) as Tensor4D;
const grid = { scale: tf.tensor1d([0.1]), zeroPoint: tf.tensor1d([0]), qmin: 0, qmax: 15 };
const steps =
  (rules: typeof composedSteps): Contender =>
  () =>
    tf.tidy(() => {
      const { dx, dscale } = rules.backward(x, dy, grid);
      return [rules.forward(x, grid), dx, dscale];
    });
await race('fake quantization 32x32x16, forward and back', steps(webgpuSteps), steps(composedSteps));
const [gamma, beta, shift] = [tf.ones([16]), tf.zeros([16]), tf.zeros([16])] as Tensor1D[];
const norms =
  (rules: typeof composed): Contender =>
  () =>
    tf.tidy(() => {
      const { y, mean, variance, a, b } = rules.forward(x, gamma, beta, shift, 1e-5, true);
      const { dx, dgamma, dbeta } = rules.backward(x, dy, mean, variance, a, b, 1e-5, true);
      return [y, dx, dgamma, dbeta];
    });
await race('batch norm 32x32x16, forward and back', norms(webgpuBatchNorm), norms(composed));

process.exit(0);
