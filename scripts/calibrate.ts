/**
 * What each repair is worth: `npm run --silent calibrate`-style table, one JSON row a line on stdout.
 *
 *     npx tsx scripts/calibrate.ts --dataset cifar10 --bits 8,6,w4a8,4 --repairs none,bias,gptq,adaround,brecq
 *
 * Accuracy is that of the exported ONNX file in ONNX Runtime (native, CPU), whose integer kernels the lab is held to.
 */
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { equalize } from '../src/calibrate/equalize.ts';
import { quantizeModel } from '../src/calibrate/ptq.ts';
import { calibrate, observedTensors } from '../src/calibrate/ranges.ts';
import { repairModel, type LayerRepair } from '../src/calibrate/repair.ts';
import { calibrationIndices, evaluationBatches } from '../src/data/batches.ts';
import { normalize } from '../src/data/normalize.ts';
import type { ImageSet } from '../src/data/types.ts';
import { openEngine } from '../src/lab/engine.ts';
import { nodeResources } from '../src/lab/node.ts';
import { writeFloatOnnx } from '../src/onnx/float.ts';
import { writeQdqOnnx } from '../src/onnx/qdq.ts';
import { sizeBytes } from '../src/quant/size.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { activations } from '../src/tensor/activations.ts';
import type { FloatModel } from '../src/graph/types.ts';
import { parseExperimentArgs } from './experimentArgs.ts';
import { changedScheme } from './schemeArgs.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' }, dataset: { type: 'string', default: 'cifar10' }, weights: { type: 'string' },
    bits: { type: 'string', default: '8,6,w4a8,4' }, repairs: { type: 'string', default: 'none,cle,bias,gptq,adaround,brecq' },
    calibration: { type: 'string', default: '512' }, images: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' },
    steps: { type: 'string' }, scheme: { type: 'string', default: 'modern' }, range: { type: 'string' },
  },
});
const { bits, model: modelName, dataset: datasetName, scheme, images, calibration: count, seed } = parseExperimentArgs(
  ['model', 'dataset', 'bits', 'calibration', 'images', 'seed', 'scheme'].flatMap((name) => [`--${name}`, String(args[name as keyof typeof args])]));

const engine = await openEngine(nodeResources(args.weights), 'wasm');
const { model: original, dataset } = await engine.subject(modelName, datasetName);
const indices = calibrationIndices(dataset.train, count, seed);
const secondsSince = (start: number): number => Number(((performance.now() - start) / 1000).toFixed(1));

const float32Top1 = await runtimeTop1(writeFloatOnnx(original), dataset.test);
const calibrations = new Map<boolean, Awaited<ReturnType<typeof calibrated>>>();
for (const { weights: weightBits, activations: activationBits } of bits) {
  for (const chain of args.repairs.split(',')) {
    const repairs = chain === 'none' ? [] : chain.split('+');
    const even = repairs.includes('cle');
    const { model, calibration, calibrationSeconds } = calibrations.get(even) ?? (await calibrated(even));
    calibrations.set(even, { model, calibration, calibrationSeconds });
    const given = { range: args.range, repair: repairs.length > 0 ? repairs.join(',') : undefined };
    const start = performance.now();
    let quantized = quantizeModel(model, calibration, changedScheme(schemeFor(scheme, weightBits, activationBits), given));
    const quantizeSeconds = secondsSince(start);
    const repairing = performance.now();
    for (const repair of quantized.scheme.repairs ?? []) {
      if (repair === 'cle') continue;
      const batch = { values: normalize(dataset.train, indices, model.normalization), count: indices.length };
      const steps = repairModel(model, quantized, batch, repair satisfies LayerRepair, args.steps ? { seed, steps: Number(args.steps) } : { seed });
      for await (const step of steps) {
        quantized = step.model;
        console.error(`${repair} ${step.layer} ${step.done}/${step.total}: ${step.before.toExponential(3)} -> ${step.after.toExponential(3)}`);
      }
    }
    const repairSeconds = secondsSince(repairing);
    const top1 = await runtimeTop1(writeQdqOnnx(quantized), dataset.test);
    console.log(JSON.stringify({
      model: modelName, weights: args.weights?.split('/').at(-1) ?? 'bundled', dataset: datasetName, method: 'ptq', scheme: quantized.scheme.name, weightBits, activationBits,
      repairs, steps: Number(args.steps ?? 0) || null, images, calibrationImages: count, seed, float32Top1, top1,
      lost: Number((100 * (float32Top1 - top1)).toFixed(2)), sizeBytes: sizeBytes(quantized),
      calibrationSeconds, quantizeSeconds, repairSeconds, runtime: 'onnxruntime-node 1.30, CPU', device: engine.device.description,
    }));
  }
}
process.exit(0);

async function calibrated(even: boolean) {
  const start = performance.now();
  const model: FloatModel = even ? equalize(original) : original;
  const calibration = await calibrate(model, activations(model, dataset.train, indices, observedTensors(model.graph)));
  return { model, calibration, calibrationSeconds: secondsSince(start) };
}

/** Fraction of the first `images` test images that the file classifies right. */
async function runtimeTop1(bytes: Uint8Array, test: ImageSet): Promise<number> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const { height, width } = test;
  let right = 0;
  for (const { images: pixels, labels } of evaluationBatches(test, { batchSize: 100, normalization: original.normalization, count: images })) {
    const n = labels.length;
    const channelsFirst = new Float32Array(pixels.length);
    for (let i = 0; i < n; i++) {
      for (let p = 0; p < height * width; p++) {
        for (let c = 0; c < 3; c++) channelsFirst[(i * 3 + c) * height * width + p] = pixels[(i * height * width + p) * 3 + c];
      }
    }
    const output = await session.run({ [session.inputNames[0]]: new Tensor('float32', channelsFirst, [n, 3, height, width]) });
    const logits = output[session.outputNames[0]].data as Float32Array;
    const classes = logits.length / n;
    for (let i = 0; i < n; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(Math.max(...row)) === labels[i]) right++;
    }
  }
  await session.release();
  return right / images;
}
