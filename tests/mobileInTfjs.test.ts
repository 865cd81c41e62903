/** Networks as MobileNets are built, in TensorFlow.js on their grids: layer by layer the interpreter's codes, but for ties. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { lookUp } from '../src/base/lookUp.ts';
import { quantizedTensors, tensorsWithGrid } from '../src/graph/grids.ts';
import { inferShapes, inputsOf } from '../src/graph/shapes.ts';
import type { TensorName } from '../src/graph/types.ts';
import { runLayer } from '../src/integer/reference/run.ts';
import { randomMobile } from '../src/integer/testing/randomMobile.ts';
import { randomImages } from '../src/integer/testing/randomModel.ts';
import { quantize } from '../src/quant/affine.ts';
import type { QuantizedModel } from '../src/quant/types.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { dequantizedWeights } from '../src/tensor/fakeQuantized.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const NETWORKS = 40;
const IMAGES = 2;

beforeAll(async () => {
  await openBackend('wasm', { ...nodePlatform, cores: 1 });
});

/** Codes of every quantized tensor, as TensorFlow.js rounds them. */
function codesInTfjs(model: QuantizedModel, images: Float32Array): ReadonlyMap<TensorName, Uint8Array> {
  const outputs = quantizedTensors(model.graph);
  const own = new Set(tensorsWithGrid(model.graph));
  const quantizers = new Map([...model.activations].filter(([name]) => own.has(name)));
  const network = toLayersModel(model.graph, dequantizedWeights(model), { outputs, quantizers });
  const input = tf.tensor(images, [IMAGES, ...model.graph.inputShape]);
  const tensors = network.predictOnBatch(input) as tf.Tensor[];
  const codes = new Map(
    outputs.map((name, i) => {
      const grid = lookUp(model.activations, name, 'grid');
      return [name, quantize(tensors[i].dataSync() as Float32Array, grid, name) as Uint8Array] as const;
    }),
  );
  tf.dispose([input, ...tensors]);
  network.dispose();
  return codes;
}

/** Each layer is judged on the operands that TensorFlow.js itself gave it. */
test(`${NETWORKS} random networks part from it by at most one step a layer`, () => {
  const total = { codes: 0, differing: 0 };
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const model = randomMobile(seed);
    const theirs = codesInTfjs(model, randomImages(model, IMAGES, seed));
    const shapes = inferShapes(model.graph);
    for (const node of model.graph.nodes.slice(0, -1)) {
      const operands = inputsOf(node).map((tensor) => lookUp(theirs, tensor, 'codes'));
      const codes = runLayer(model, shapes, node, operands, 'portable');
      const found = lookUp(theirs, node.name, 'codes');
      const steps = codes.map((code, i) => Math.abs(code - found[i]));
      expect(Math.max(...steps), `seed ${seed}, ${node.name}`).toBeLessThanOrEqual(1);
      total.codes += codes.length;
      total.differing += steps.filter((step) => step > 0).length;
    }
  }
  console.info(`Random networks: ${total.differing} of ${total.codes} codes part by one step.`);
  expect(total.differing / total.codes).toBeLessThan(0.01);
});
