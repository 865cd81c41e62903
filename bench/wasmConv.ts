/**
 * GFLOP/s of a convolution's forward pass and its two gradients on tfjs's WASM backend, stock kernels against ours,
 * interleaved in one run: `npx tsx bench/wasmConv.ts [--threads N] [--batch N] [--runs N]`.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { openBackend } from '../src/tensor/backend.ts';
import { stockKernels } from '../src/tensor/wasm/convGradients.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const { values: args } = parseArgs({
  options: {
    threads: { type: 'string' },
    batch: { type: 'string', default: '64' },
    runs: { type: 'string', default: '9' },
  },
});
const runs = Number(args.runs);
const batch = Number(args.batch);

/** The shapes of ResNet-20's convolutions: [image side, input channels, output channels, kernel, stride]. */
const LAYERS = [
  [32, 3, 16, 3, 1],
  [32, 16, 16, 3, 1],
  [32, 16, 32, 3, 2],
  [16, 32, 32, 3, 1],
  [16, 32, 64, 3, 2],
  [8, 64, 64, 3, 1],
  [32, 16, 32, 1, 2],
] as const;

type Run = { readonly name: string; readonly run: (() => tf.TensorInfo) | null };

const cores = args.threads ? Number(args.threads) : nodePlatform.cores;
const backend = await openBackend('wasm', { ...nodePlatform, cores, isolated: cores > 1 });
console.log(`${backend.description}, batch ${batch}, median of ${runs} interleaved runs`);
console.log(
  [
    'layer',
    'forward',
    'input gradient (stock)',
    'input gradient (ours)',
    'filter gradient (stock)',
    'filter gradient (ours)',
  ].join('\t'),
);

function runsOf(
  name: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: Record<string, unknown>,
): { stock: Run; ours: Run } {
  const call = (kernel: tf.KernelFunc) => () =>
    kernel({ inputs, attrs: attrs as unknown as tf.NamedAttrMap, backend: tf.backend() }) as tf.TensorInfo;
  const stock = stockKernels.get(name);
  const ours = tf.getKernel(name, 'wasm').kernelFunc;
  return { stock: { name, run: stock ? call(stock) : null }, ours: { name, run: call(ours) } };
}

const median = (list: number[]): number => list.sort((p, q) => p - q)[list.length >> 1];

for (const [side, inChannels, outChannels, kernel, stride] of LAYERS) {
  const pad = (kernel - 1) / 2;
  const x = tf.randomNormal<tf.Rank.R4>([batch, side, side, inChannels], 0, 1, 'float32', 1);
  const filter = tf.randomNormal<tf.Rank.R4>([kernel, kernel, inChannels, outChannels], 0, 1, 'float32', 2);
  const y = tf.conv2d(x, filter, stride, pad);
  const dy = tf.randomNormal<tf.Rank.R4>(y.shape, 0, 1, 'float32', 3);
  const attrs = { strides: [stride, stride], pad, dataFormat: 'NHWC', dimRoundingMode: null };
  const input = runsOf('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape });
  const gradient = runsOf('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape });
  const contenders: Run[] = [
    { name: 'Conv2D', run: () => tf.conv2d(x, filter, stride, pad) },
    input.stock,
    input.ours,
    gradient.stock,
    gradient.ours,
  ];
  const times: number[][] = contenders.map(() => []);
  for (let run = 0; run <= runs; run++) {
    contenders.forEach((contender, i) => {
      if (!contender.run) return;
      const start = performance.now();
      const out = contender.run();
      if (run > 0) times[i].push(performance.now() - start);
      (tf.backend() as unknown as { disposeData(id: object): void }).disposeData(out.dataId);
    });
  }
  const flops = 2 * y.size * kernel * kernel * inChannels;
  const rates = times.map((list) => (list.length > 0 ? (flops / median(list) / 1e6).toFixed(1) : 'not registered'));
  console.log([`${side}x${side}x${inChannels} -> ${outChannels}, ${kernel}x${kernel}/${stride}`, ...rates].join('\t'));
  tf.dispose([x, filter, y, dy]);
}
process.exit(0);
