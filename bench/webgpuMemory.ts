/** What one QAT step of ResNet-20 costs in GPU memory: for bench/webgpu.ts. */
import * as tf from '@tensorflow/tfjs';
import { initialWeights } from '../src/graph/init.ts';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import { sgd } from '../src/tensor/train/sgd.ts';
import { toQatNetwork } from '../src/tensor/qat/qatNetwork.ts';
import { startFrom } from '../src/tensor/testing/start.ts';
import { lossAndGradients } from '../src/tensor/train/train.ts';

type Memory = { readonly weightsBytes: number; readonly afterStepBytes: number; readonly poolBytes: number };

type Held = { readonly numBytesInGPU: number; readonly numBytesAllocatedInGPU: number };

/** As tfjs's WebGPU backend adds it to tf.memory(). */
const held = (): Held => tf.memory() as unknown as Held;

/**
 * Tensors alive before and after the step, and all the buffers that tfjs's pool has allocated for it: it frees none.
 * Buffers are allocated as work is submitted, so nothing waits for the work itself: a software adapter takes minutes.
 */
export async function gpuStepMemory(batch: number): Promise<Memory> {
  const graph = resnet20();
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  const float = {
    graph,
    weights: initialWeights(graph, 1),
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    classes,
  };
  const some = {
    height: 32,
    width: 32,
    count: 2,
    pixels: new Uint8Array(2 * 3072).fill(100),
    labels: new Int32Array(2),
    classes,
  };
  const network = toQatNetwork(float, await startFrom(float, some, 4), {
    weightRanges: 'learned',
    activationRanges: 'learned',
  });
  const trainable = new Map([...network.variables].filter(([, variable]) => variable.trainable));
  const optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 1e-4 });
  const images = new Float32Array(batch * 3072).fill(0.3);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
  const weightsBytes = held().numBytesInGPU;
  const { loss, logits, gradients } = lossAndGradients(network.model, trainable, {
    images,
    labels,
    shape: [batch, 32, 32, 3],
  });
  optimizer.step(gradients, 0.001);
  tf.dispose([loss, logits, ...gradients.values()]);
  return { weightsBytes, afterStepBytes: held().numBytesInGPU, poolBytes: held().numBytesAllocatedInGPU };
}
