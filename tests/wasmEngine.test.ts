/** The integer engine on the bundled ResNet-20 and real images: the interpreter's codes, ONNX Runtime's float logits. */
import { beforeAll, expect, test } from 'vitest';
import { evaluationBatches } from '../src/data/batches.ts';
import { seededRandom } from '../src/base/random.ts';
import { foldBatchNorm } from '../src/graph/fold.ts';
import type { FloatModel, TensorName } from '../src/graph/types.ts';
import { randomMobile } from '../src/integer/testing/randomMobile.ts';
import { runInteger } from '../src/integer/reference/run.ts';
import { openFloatNetwork, openIntegerNetwork } from '../src/integer/wasm/network.ts';
import { seededFloatModel } from '../src/onnx/testing/seededModel.ts';
import { writeFloatOnnx } from '../src/onnx/write/float.ts';
import { closeSession, createSession, runBatch } from '../src/runtime/session.ts';
import type { Bits } from '../src/quant/types.ts';
import { openStages, type Stages } from '../src/lab/stages/stages.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { ptqSettings } from '../src/contract/settings.ts';

const IMAGES = 8;
const bench = { model: 'resnet20', dataset: 'cifar10-sample', images: IMAGES, seed: 1 };
let stages: Stages;
let float: FloatModel;
let images: Float32Array;

beforeAll(async () => {
  stages = await openStages(nodeResources(), 'wasm');
  const subject = await stages.subject(bench);
  float = subject.model;
  [{ images }] = evaluationBatches(subject.dataset.test, {
    batchSize: IMAGES,
    normalization: float.normalization,
    count: IMAGES,
  });
}, 120_000);

test.each([
  ['modern', 8],
  ['modern', 5],
  ['modern', 2],
  ['2021', 8],
  ['2021', 4],
  ['2021', 2],
] as const)('%s at %i bits: every tensor', async (preset, bits: Bits) => {
  const { quantized } = await stages.make({ ...ptqSettings(bench, preset, bits), calibrationImages: 64 });
  if (!quantized) throw new Error('A scheme made no quantized model.');
  const tensors = new Map<TensorName, Uint8Array>();
  const logits = runInteger(quantized, images, IMAGES, { onTensor: (name, codes) => void tensors.set(name, codes) });
  const network = await openIntegerNetwork(quantized, { choose: 'fixed' });
  const wrong: string[] = [];
  const own = network.run(images, IMAGES, {
    onTensor(name, codes, image) {
      const expected = tensors.get(name)?.subarray(image * codes.length, (image + 1) * codes.length);
      if (!expected || codes.some((code, i) => code !== expected[i])) wrong.push(`${name} of image ${image}`);
    },
  });
  network.close();
  expect(wrong).toEqual([]);
  expect(own).toEqual(logits);
});

test('float32, networks with depthwise layers: within 1e-4 of onnxruntime-web', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const model = seededFloatModel(randomMobile(seed).graph);
    const [height, width, channels] = model.graph.inputShape;
    const random = seededRandom(seed);
    const two = Float32Array.from({ length: 2 * height * width * channels }, () => 4 * random() - 2);
    const network = await openFloatNetwork(model);
    const logits = network.run(two, 2);
    network.close();
    const session = await createSession(writeFloatOnnx(model), { threads: 1 });
    const expected = await runBatch(session, two);
    await closeSession(session);
    const furthest = Math.max(...logits.map((logit, i) => Math.abs(logit - expected[i])));
    expect(furthest, `seed ${seed}`).toBeLessThan(1e-4);
  }
});

test('float32: within 1e-4 of onnxruntime-web', async () => {
  const network = await openFloatNetwork(float);
  const logits = network.run(images, IMAGES);
  const session = await createSession(writeFloatOnnx({ ...float, ...foldBatchNorm(float.graph, float.weights) }), {
    threads: 1,
  });
  const expected = await runBatch(session, images);
  await closeSession(session);
  expect(Math.max(...logits.map((logit, i) => Math.abs(logit - expected[i])))).toBeLessThan(1e-4);
});
