/** Part (d): what a step of training costs, in float and with the grid in the loop; nothing is read back but the last loss. */
import * as tf from '@tensorflow/tfjs';
import { elementCount } from '../../../src/graph/arrays.ts';
import { initialWeights } from '../../../src/graph/init.ts';
import type { FloatModel, Graph } from '../../../src/graph/types.ts';
import { toLayersModel, variablesOf } from '../../../src/tensor/model.ts';
import { toQatNetwork } from '../../../src/tensor/qat/qatNetwork.ts';
import { startFrom } from '../../../src/tensor/testing/start.ts';
import { sgd } from '../../../src/tensor/train/sgd.ts';
import { lossAndGradients } from '../../../src/tensor/train/train.ts';
import { rounded, type Emit, type Sizes } from './sizes.ts';

type Trained = { readonly model: tf.LayersModel; readonly variables: ReadonlyMap<string, tf.LayerVariable> };

/** tfjs's backend must be open. */
export async function stepsPart(emit: Emit, { steps, runs }: Sizes): Promise<void> {
  for (const { graph: make, batches } of steps) {
    const graph = make();
    const float = floatModel(graph);
    for (const batch of batches) {
      const model = toLayersModel(graph, float.weights);
      const floatMs = await timeStep(emit, { model, variables: variablesOf(model) }, graph, batch, 'float', runs);
      model.dispose();
      const qat = toQatNetwork(float, await startFrom(float, someImages(graph), 4), {
        weightRanges: 'learned',
        activationRanges: 'learned',
      });
      const qatMs = await timeStep(emit, qat, graph, batch, 'qat', runs);
      qat.model.dispose();
      emit({ network: graph.name, batch, qatPerFloat: rounded(qatMs / floatMs) });
    }
  }
}

function floatModel(graph: Graph): FloatModel {
  const last = graph.nodes[graph.nodes.length - 1];
  const classes = Array.from({ length: last.kind === 'linear' ? last.outFeatures : 0 }, (_, i) => String(i));
  return {
    graph,
    weights: initialWeights(graph, 1),
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    classes,
  };
}

function someImages({ inputShape }: Graph) {
  const [height, width] = inputShape;
  const pixels = Uint8Array.from({ length: 2 * elementCount(inputShape) }, (_, i) => (i * 37) & 255);
  return { height, width, count: 2, pixels, labels: new Int32Array(2), classes: ['0', '1'] };
}

/** What a step asks of the GPU: on a large one its time is that of its launches, whatever the batch. */
function launchesOf(step: () => void): number {
  const { prototype } = GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  let launches = 0;
  prototype.dispatchWorkgroups = function (...size) {
    launches++;
    dispatchWorkgroups.apply(this, size);
  };
  try {
    step();
  } finally {
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return launches;
}

async function timeStep(
  emit: Emit,
  { model, variables }: Trained,
  graph: Graph,
  batch: number,
  kind: 'float' | 'qat',
  runs: number,
): Promise<number> {
  const trainable = new Map([...variables].filter(([, variable]) => variable.trainable));
  const optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 1e-4 });
  const [height, width] = graph.inputShape;
  const shape = [batch, height, width, 3] as const;
  const images = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i));
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 2);
  function step(): tf.Scalar {
    const { loss, logits, gradients } = lossAndGradients(model, trainable, { images, labels, shape });
    optimizer.step(gradients, 0.01);
    tf.dispose([logits, ...gradients.values()]);
    return loss;
  }
  async function several(count: number): Promise<number> {
    const start = performance.now();
    for (let i = 0; i < count - 1; i++) step().dispose();
    const loss = step();
    // Its value is there when all steps before it are done.
    await loss.data();
    loss.dispose();
    return (performance.now() - start) / count;
  }
  const compileMs = await several(1);
  const launches = launchesOf(() => step().dispose());
  if (runs > 1) await several(2);
  const ms = await several(runs);
  optimizer.dispose();
  const { numBytesInGPU, numBytesAllocatedInGPU } = tf.memory() as unknown as Record<string, number>;
  emit({
    network: graph.name,
    side: graph.inputShape[0],
    batch,
    step: kind,
    steps: runs,
    ms: rounded(ms),
    imagesPerSecond: rounded((1000 * batch) / ms),
    firstStepMs: rounded(compileMs),
    launches,
    tensorBytes: numBytesInGPU,
    poolBytes: numBytesAllocatedInGPU,
  });
  return ms;
}
