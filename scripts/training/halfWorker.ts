/** The thread that computes the second half of each batch of ResNet-20, on a one-threaded backend of its own. */
import { parentPort } from 'node:worker_threads';
import { initialWeights } from '../../src/graph/init.ts';
import { resnet20 } from '../../src/graph/networks/resnet.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { computeHalf, type HalfTask } from '../../src/tensor/train/halves.ts';
import { toLayersModel, writeWeights } from '../../src/tensor/model.ts';
import { nodePlatform } from '../../src/tensor/wasm/node.ts';

await openBackend('wasm', { ...nodePlatform, cores: 1 });
const graph = resnet20();
const model = toLayersModel(graph, initialWeights(graph, 0));
parentPort?.on('message', (task: HalfTask) => {
  writeWeights(model, graph, task.weights);
  void computeHalf(model, task).then((result) => parentPort?.postMessage(result));
});
