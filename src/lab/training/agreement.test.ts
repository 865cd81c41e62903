/** What was trained in float on its grids, against the integers that it ends in. */
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluationBatches } from '../../data/batches.ts';
import { lookUp } from '../../graph/lookUp.ts';
import { runInteger } from '../../integer/run.ts';
import { decide, logitsOf } from '../../tensor/evaluate.ts';
import { toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { openEngine } from '../engine.ts';
import { nodeResources } from '../node.ts';
import { liveQatSettings, ptqSettings } from '../settings.ts';

const IMAGES = 1000;
const STEPS = 20;

/** What one step of the pooled codes is worth in a logit at most: the output has no grid of its own, its input has. */
function outputStep({ graph, activations, weights }: QuantizedModel): number {
  const last = graph.nodes[graph.nodes.length - 1];
  if (last.kind !== 'linear') return expect.unreachable();
  const { codes, scale, zeroPoint } = lookUp(weights, last.name, 'weights');
  const values = Array.from(codes, (code, i) => Math.abs(code - zeroPoint[i % zeroPoint.length]) * scale[i % scale.length]);
  return lookUp(activations, last.input, 'grid').scale * Math.max(...values);
}

describe('ResNet-20 after training at 4 bits, 1,000 test images', () => {
  let model: QuantizedModel;
  let float: Float32Array;
  let integer: Float32Array;

  beforeAll(async () => {
    const engine = await openEngine(nodeResources(), 'wasm');
    const settings = liveQatSettings(ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: IMAGES, seed: 1 }, 'modern', 4), { trainImages: 2000, streamed: false }, { validationImages: 0 });
    await engine.trainer.train({ settings, steps: STEPS, watch: null });
    await engine.trainer.endTraining({ settings, keep: true });
    model = await engine.trainer.trained(settings);
    const { test: set } = (await engine.subject(settings)).dataset;
    const network = toFakeQuantizedModel(model);
    float = await logitsOf(network, set, model.normalization, { count: IMAGES });
    network.dispose();
    const parts = [...evaluationBatches(set, { batchSize: 100, normalization: model.normalization, count: IMAGES })].map(({ images, labels }) => runInteger(model, images, labels.length));
    integer = Float32Array.from(parts.flatMap((part) => Array.from(part)));
  }, 300_000);

  /** A tie that float32 rounds the other way moves one code by one step; where that is early, later layers make more of it. */
  test('the logits of the fake-quantized forward are the integers\' within one output step, but for images with a tie, which are counted', () => {
    const step = outputStep(model);
    const classes = model.classes.length;
    expect(integer).toHaveLength(float.length);
    const most = Array.from({ length: IMAGES }, (_, image) =>
      Math.max(...Array.from({ length: classes }, (__, c) => Math.abs(float[image * classes + c] - integer[image * classes + c]))));
    const beyond = most.filter((difference) => difference > step).length;
    const equal = most.filter((difference) => difference <= step / 100).length;
    console.info(`QAT, 4 bits: ${equal} of ${IMAGES} images have equal logits, ${beyond} differ by more than one output step, at most ${(Math.max(...most) / step).toFixed(1)}.`);
    expect(equal).toBeGreaterThanOrEqual(IMAGES * 0.98);
    expect(beyond).toBeLessThanOrEqual(IMAGES * 0.02);
  });

  test('the class is the same but for ties, which are counted', () => {
    const step = outputStep(model);
    const classes = model.classes.length;
    const [theirs, ours] = [decide(float, classes).classes, decide(integer, classes).classes];
    const different = Array.from(theirs.keys()).filter((i) => theirs[i] !== ours[i]);
    console.info(`QAT, 4 bits: ${different.length} of ${IMAGES} classes differ.`);
    for (const i of different) {
      const row = integer.slice(i * classes, (i + 1) * classes);
      expect(row[ours[i]] - row[theirs[i]], `image ${i}: its two best logits lie within one step`).toBeLessThanOrEqual(step);
    }
    expect(different.length).toBeLessThanOrEqual(IMAGES / 100);
  });
});
