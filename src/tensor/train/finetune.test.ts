import { beforeAll, describe, expect, test } from 'vitest';
import { namedArray } from '../../graph/arrays.ts';
import { initialWeights } from '../../graph/init.ts';
import type { FloatModel, Weights } from '../../graph/types.ts';
import { openBackend } from '../backend.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { FINETUNE, finetune, headOf, withNewHead, type FinetuneSettings } from './finetune.ts';
import { readWeights, toLayersModel } from '../model.ts';
import { colours, NORMALIZATION } from '../testing/colours.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import type { Checkpoint } from './train.ts';
import { nodePlatform } from '../wasm/node.ts';

const set = colours(40);
const settings: FinetuneSettings = {
  ...FINETUNE,
  trainImages: 40,
  epochs: 2,
  batchSize: 10,
  headShare: 0.5,
  stageDecay: 0.5,
  peakRate: 0.05,
};
const pretrained: FloatModel = {
  graph: twoBlocks,
  weights: initialWeights(twoBlocks, 2),
  normalization: NORMALIZATION,
  classes: ['a', 'b', 'c'],
};
const start = withNewHead(pretrained, set.classes, set.height, 7);

/** Trains to step `until`; the weights after it, and a checkpoint of it. */
async function run(until: number, resume?: Checkpoint): Promise<{ weights: Weights; last: Checkpoint }> {
  const model = toLayersModel(start.graph, resume?.weights ?? start.weights);
  for await (const step of finetune(model, start, set, settings, { resume })) {
    if (step.step < until) continue;
    const last = await step.checkpoint();
    const weights = await readWeights(model);
    return { weights, last };
  }
  throw new Error('The run ended early.');
}

/** The largest change of an array, as a share of its largest value. */
function change(before: Weights, after: Weights, name: string): number {
  const [from, to] = [namedArray(before, name).data, namedArray(after, name).data];
  const largest = (values: Float32Array): number => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return largest(to.map((value, i) => value - from[i])) / largest(from);
}

const trained = [...start.weights.keys()].filter((name) => !/mean|variance/.test(name));

describe('fine-tuning on WASM', () => {
  beforeAll(async () => void (await openBackend('wasm', nodePlatform)));

  test('a new head is drawn from the seed and fits the classes; all else is the pretrained one', () => {
    const { name } = headOf(start.graph);
    expect(namedArray(start.weights, `${name}.kernel`).shape[1]).toBe(set.classes.length);
    expect(withNewHead(pretrained, set.classes, set.height, 7)).toEqual(start);
    expect(withNewHead(pretrained, set.classes, set.height, 8).weights.get(`${name}.kernel`)).not.toEqual(
      start.weights.get(`${name}.kernel`),
    );
    expect(start.weights.get('conv1.kernel')).toBe(pretrained.weights.get('conv1.kernel'));
    expect(start.classes).toEqual(set.classes);
  });

  test('a network without a classifier is refused by name', () => {
    const headless = { ...twoBlocks, nodes: twoBlocks.nodes.slice(0, -1) };
    expect(() => withNewHead({ ...pretrained, graph: headless }, set.classes, set.height, 1)).toThrow(
      /no linear classifier/,
    );
  });

  test('in the first part only the head learns, and the running statistics move; then all learn', async () => {
    const head = headOf(start.graph).name;
    const { weights: first } = await run(4);
    for (const name of trained) expect(change(start.weights, first, name) > 0, name).toBe(name.startsWith(head));
    expect(change(start.weights, first, 'conv1.mean') > 0 || change(start.weights, first, 'conv1.variance') > 0).toBe(
      true,
    );
    const { weights: second } = await run(6);
    for (const name of trained) expect(second.get(name), name).not.toEqual(first.get(name));
  });

  test('a run cut in either part goes on from its checkpoint file exactly as if it had not been cut', async () => {
    const whole = await run(8);
    for (const cut of [2, 5]) {
      const { last } = await run(cut);
      const rest = await run(8, readCheckpoint(writeCheckpoint(last), 'run.safetensors', settings));
      expect(rest.weights).toEqual(whole.weights);
      expect(rest.last.curve).toEqual(whole.last.curve);
    }
  });

  test('the curve has the mean of each epoch', async () => {
    const losses: number[] = [];
    const model = toLayersModel(start.graph, start.weights);
    for await (const { loss, curve, step, epoch } of finetune(model, start, set, settings)) {
      losses.push(loss);
      const own = losses.slice(epoch * 4);
      expect(curve[epoch].steps).toBe(step - epoch * 4);
      expect(curve[epoch].loss).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 6);
    }
    expect(losses).toHaveLength(8);
  });
});
