/** What a training step asks of a GPU beside its work, in Chromium: nothing is read back, compiled or allocated once it is warm. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { openBackend } from '../backend.ts';
import { toLayersModel, variablesOf } from '../model.ts';
import { toQatNetwork } from '../qat/qatNetwork.ts';
import { colours, NORMALIZATION } from '../testing/colours.ts';
import { startFrom } from '../testing/start.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { sgd } from '../train/sgd.ts';
import { lossAndGradients } from '../train/train.ts';
import { browserPlatform } from '../wasm/browser.ts';

const BATCH = 4;
const shape = [BATCH, 8, 8, 3] as const;
const images = Float32Array.from({ length: BATCH * 192 }, (_, i) => Math.sin(i));
const labels = Int32Array.from({ length: BATCH }, (_, i) => i);

async function networkFor(kind: 'float' | 'QAT') {
  const weights = initialWeights(twoBlocks, 1);
  if (kind === 'float') {
    const model = toLayersModel(twoBlocks, weights);
    return { model, variables: variablesOf(model) };
  }
  const set = colours(2);
  const float = { graph: twoBlocks, weights, normalization: NORMALIZATION, classes: set.classes };
  return toQatNetwork(float, await startFrom(float, set, 4), { weightRanges: 'learned', activationRanges: 'learned' });
}

const allocated = (): number => (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;

describe.each(['float', 'QAT'] as const)('a step in %s', (kind) => {
  beforeAll(async () => void (await openBackend('webgpu', browserPlatform)));

  test('reads nothing back; further ones compile nothing and allocate no more; SGD launches once a variable', async () => {
    const { model, variables } = await networkFor(kind);
    const trainable = new Map([...variables].filter(([, variable]) => variable.trainable));
    const optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 1e-4 });
    const launches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
    function step(): tf.Scalar {
      const { loss, logits, gradients } = lossAndGradients(model, trainable, { images, labels, shape });
      const before = launches.mock.calls.length;
      optimizer.step(gradients, 0.01);
      expect(launches.mock.calls.length - before).toBe(gradients.size);
      tf.dispose([logits, ...gradients.values()]);
      return loss;
    }
    const readings = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
    const compilings = [
      vi.spyOn(GPUDevice.prototype, 'createComputePipeline'),
      vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync'),
    ];
    const compiled = (): number => compilings.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    step().dispose();
    expect(compiled()).toBeGreaterThan(0);
    const second = step();
    expect(readings).not.toHaveBeenCalled();
    expect(await second.data()).toHaveLength(1);
    expect(readings).toHaveBeenCalledTimes(1);
    second.dispose();
    // The pool has all that it needs after a third: a variable's old value is free once the queue has submitted.
    const third = step();
    await third.data();
    third.dispose();
    const [pipelines, bytes] = [compiled(), allocated()];
    for (let more = 0; more < 4; more++) {
      const loss = step();
      expect(Number.isFinite((await loss.data())[0])).toBe(true);
      loss.dispose();
    }
    expect(compiled()).toBe(pipelines);
    // Which of the pool's smallest buffers are back in time is the queue's affair.
    expect(allocated()).toBeLessThan(1.01 * bytes);
    vi.restoreAllMocks();
    optimizer.dispose();
    model.dispose();
  });
});
