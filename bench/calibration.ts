/**
 * What calibrating and requantizing cost, in one run: `npx tsx bench/calibration.ts [--images 512]`. One JSON row a line.
 * ResNet-18 has random weights (times do not depend on training); ResNet-20 is the bundled one on the bundled sample.
 */
import { parseArgs } from 'node:util';
import { quantizeModel } from '../src/calibrate/ptq.ts';
import { calibrate, observedTensors, type Calibration } from '../src/calibrate/calibration.ts';
import { calibrationIndices } from '../src/data/batches.ts';
import { foldBatchNorm } from '../src/graph/fold.ts';
import { initialWeights } from '../src/graph/init.ts';
import { resnet18 } from '../src/graph/networks/resnet.ts';
import type { FloatModel } from '../src/graph/types.ts';
import { openStages } from '../src/lab/stages/stages.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { createObserver } from '../src/quant/ranges/observer.ts';
import { schemeFor, type PresetName } from '../src/quant/schemes.ts';
import { BITS } from '../src/quant/types.ts';
import { quantizeWeights } from '../src/quant/weights.ts';
import { activations } from '../src/tensor/activations.ts';

const { values: args } = parseArgs({ options: { images: { type: 'string', default: '512' } } });
function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
/** What the processor spent: what the clock says on a machine that does nothing else. */
function cpuMilliseconds(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
const medianOf = (measure: () => number): number => Array.from({ length: 5 }, measure).sort((a, b) => a - b)[2];
const row = (measured: Record<string, unknown>): void => console.log(JSON.stringify(measured));
const round = (x: number): number => Number(x.toFixed(1));

const { graph, weights } = foldBatchNorm(resnet18({ classes: 10 }), initialWeights(resnet18({ classes: 10 }), 1));
const resnet: FloatModel = {
  graph,
  weights,
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes: Array.from({ length: 10 }, String),
};
const observer = createObserver('any');
observer.observe(Float32Array.from({ length: 10_000 }, (_, i) => Math.abs(Math.sin(i))));
const calibration: Calibration = {
  images: 1,
  statistics: new Map(observedTensors(graph).map((name) => [name, observer.statistics()])),
};
const layer = graph.nodes.findLast((node) => node.kind === 'conv');
const kernel = layer && weights.get(`${layer.name}.kernel`);
for (const preset of ['modern', '2021'] satisfies PresetName[]) {
  const first = milliseconds(() => quantizeModel(resnet, calibration, schemeFor(preset, 8, 8)));
  for (const bits of BITS) {
    const scheme = schemeFor(preset, bits, bits);
    const all = (): unknown => quantizeModel(resnet, calibration, scheme);
    const one = (): unknown => layer && kernel && quantizeWeights(layer, kernel, bits, scheme.weights);
    row({
      bench: 'requantize',
      model: 'resnet18',
      preset,
      bits,
      firstMs: round(first),
      medianMs: round(medianOf(() => milliseconds(all))),
      medianCpuMs: round(medianOf(() => cpuMilliseconds(all))),
      largestLayerMs: round(medianOf(() => milliseconds(one))),
      largestLayerCpuMs: round(medianOf(() => cpuMilliseconds(one))),
    });
  }
}

const stages = await openStages(nodeResources(), 'wasm');
const { model, dataset } = await stages.subject({ model: 'resnet20', dataset: 'cifar10-sample' });
const indices = calibrationIndices(dataset.train, Number(args.images), 1);
const before = process.memoryUsage().rss;
let peak = before;
const start = performance.now();
await calibrate(model, activations(model, dataset.train, indices, observedTensors(model.graph)), () => {
  peak = Math.max(peak, process.memoryUsage().rss);
});
row({
  bench: 'calibrate',
  model: 'resnet20',
  images: indices.length,
  seconds: round((performance.now() - start) / 1000),
  peakMegabytes: round(peak / 2 ** 20),
  addedMegabytes: round((peak - before) / 2 ** 20),
  device: stages.device.description,
});
process.exit(0);
