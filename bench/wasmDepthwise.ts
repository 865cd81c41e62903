/**
 * Milliseconds of a depthwise convolution's forward pass (tfjs's own) and its two gradients (ours) on the WASM backend, for
 * MobileNetV2 0.35's layers at 224 pixels, interleaved: `npx tsx bench/wasmDepthwise.ts [--threads N] [--batch N] [--runs N]`.
 * The least of all runs, for other work on the machine only adds. The last line is their sum: what both gradients take
 * together is to be at most twice the forward pass. One thread, as each half of a training's batch has: tfjs shares its own
 * pool of threads with nobody, so on two the forward pass alone is faster.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { openBackend } from '../src/tensor/backend.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const { values: args } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    batch: { type: 'string', default: '8' },
    runs: { type: 'string', default: '9' },
  },
});

/** [image side, channels, stride, how many such layers]. */
const LAYERS = [
  [112, 16, 1, 1],
  [112, 48, 2, 1],
  [56, 48, 1, 1],
  [56, 48, 2, 1],
  [28, 96, 1, 2],
  [28, 96, 2, 1],
  [14, 144, 1, 3],
  [14, 192, 1, 3],
  [14, 192, 2, 1],
  [7, 336, 1, 3],
] as const;

const cores = Number(args.threads);
const { description } = await openBackend('wasm', { ...nodePlatform, cores, isolated: cores > 1 });
console.log(`${description}, batch ${args.batch}, the least of ${args.runs} interleaved runs`);
console.log(['layer', 'forward ms', 'input gradient ms', 'filter gradient ms', 'gradients / forward'].join('\t'));

const least = (list: readonly number[]): number => Math.min(...list);
const total = [0, 0, 0];
for (const [side, channels, stride, count] of LAYERS) {
  const padding =
    stride === 1
      ? 1
      : ([
          [0, 0],
          [0, 1],
          [0, 1],
          [0, 0],
        ] as tf.backend_util.ExplicitPadding);
  const x = tf.randomNormal<tf.Rank.R4>([Number(args.batch), side, side, channels], 0, 1, 'float32', 1);
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, 1], 0, 1, 'float32', 2);
  const attrs = { strides: [stride, stride], pad: padding, dilations: [1, 1], dimRoundingMode: null };
  const kernel = (name: string, inputs: tf.NamedTensorInfoMap, more: object) => () =>
    tf.getKernel(name, 'wasm').kernelFunc({
      inputs,
      attrs: { ...attrs, ...more } as unknown as tf.NamedAttrMap,
      backend: tf.backend(),
    }) as tf.TensorInfo;
  const forward = kernel('DepthwiseConv2dNative', { x, filter }, {});
  const y = tf.engine().makeTensorFromTensorInfo(forward());
  const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 3);
  const contenders = [
    forward,
    kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { inputShape: x.shape }),
    kernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { filterShape: filter.shape }),
  ];
  const times: number[][] = contenders.map(() => []);
  for (let run = 0; run <= Number(args.runs); run++)
    contenders.forEach((contender, i) => {
      const start = performance.now();
      const out = contender();
      if (run > 0) times[i].push(performance.now() - start);
      (tf.backend() as unknown as { disposeData(id: object): void }).disposeData(out.dataId);
    });
  const found = times.map(least);
  found.forEach((time, i) => (total[i] += count * time));
  const ratio = (found[1] + found[2]) / found[0];
  console.log(
    [`${side}x${side}x${channels}/${stride}`, ...found.map((t) => t.toFixed(2)), ratio.toFixed(2)].join('\t'),
  );
  tf.dispose([x, filter, y, dy]);
}
console.log(['all 17', ...total.map((t) => t.toFixed(1)), ((total[1] + total[2]) / total[0]).toFixed(2)].join('\t'));
process.exit(0);
