/**
 * Images/s of the integer interpreter on one core, its WebAssembly kernels against the plain loops they are judged by, in
 * turns: `npx tsx bench/integer.ts [--images 64] [--rounds 3]`. One JSON row a bitwidth; both give the same logits or it throws.
 */
import { parseArgs } from 'node:util';
import { evaluationBatches } from '../src/data/batches.ts';
import { graphCost } from '../src/graph/cost.ts';
import { runInteger, type IntegerKernels } from '../src/integer/reference/run.ts';
import { openStages } from '../src/lab/stages/stages.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { ptqSettings } from '../src/contract/settings.ts';
import type { Bits } from '../src/quant/types.ts';

const { values: args } = parseArgs({
  options: { images: { type: 'string', default: '64' }, rounds: { type: 'string', default: '3' } },
});
const [images, rounds] = [Number(args.images), Number(args.rounds)];
const bench = { model: 'resnet20', dataset: 'cifar10-sample', images, seed: 1 };
const stages = await openStages(nodeResources(), 'wasm');
const { model: float, dataset } = await stages.subject(bench);
const [batch] = evaluationBatches(dataset.test, {
  batchSize: images,
  normalization: float.normalization,
  count: images,
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const bits of [8, 4] satisfies Bits[]) {
  const { quantized } = await stages.make({ ...ptqSettings(bench, 'modern', bits), calibrationImages: 128 });
  if (!quantized) throw new Error('A scheme made no quantized model.');
  const timed = (kernels: IntegerKernels) => {
    const start = performance.now();
    const logits = runInteger(quantized, batch.images, images, { kernels });
    return { logits, perSecond: (1000 * images) / (performance.now() - start) };
  };
  timed('fast');
  const pairs = Array.from({ length: rounds }, () => ({ fast: timed('fast'), reference: timed('reference') }));
  for (const { fast, reference } of pairs) {
    if (fast.logits.some((x, i) => x !== reference.logits[i])) throw new Error('The two interpreters differ.');
  }
  const fast = median(pairs.map((pair) => pair.fast.perSecond));
  console.log(
    JSON.stringify({
      bench: 'integer',
      model: 'resnet20',
      bits,
      images,
      rounds,
      cores: 1,
      fastImagesPerSecond: Number(fast.toFixed(1)),
      referenceImagesPerSecond: Number(median(pairs.map((pair) => pair.reference.perSecond)).toFixed(1)),
      ratio: Number(median(pairs.map((pair) => pair.fast.perSecond / pair.reference.perSecond)).toFixed(1)),
      gigaMacsPerSecond: Number(((fast * graphCost(float.graph).macs) / 1e9).toFixed(1)),
    }),
  );
}
process.exit(0);
