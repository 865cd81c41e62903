/** Fine-tuning in float: a pretrained network gets a new classifier, which learns alone first; then all layers learn. */
import type * as tf from '@tensorflow/tfjs';
import { initialWeights } from '../../graph/init.ts';
import { namedArray } from '../../graph/arrays.ts';
import { inferShapes, isWeighted, weightShapes } from '../../graph/shapes.ts';
import type { FloatModel, Graph, LinearNode } from '../../graph/types.ts';
import type { TrainingImages } from '../../data/trainingImages.ts';
import { variablesOf } from '../model.ts';
import { sgd } from './sgd.ts';
import { train, type TrainingStep, type TrainOptions } from './train.ts';
import type { TrainingSettings } from '../../quant/training/types.ts';

export type FinetuneSettings = TrainingSettings & {
  readonly trainImages: number;
  /** The first part of the steps, in which only the new classifier learns. */
  readonly headShare: number;
  /** Each stage's learning rate is this times that of the stage after it: the first layers change least. */
  readonly stageDecay: number;
};

/** @throws when the network does not end in a classifier */
export function headOf(graph: Graph): LinearNode {
  const last = graph.nodes[graph.nodes.length - 1];
  if (last.kind !== 'linear')
    throw new Error(`${graph.name} ends in ${last.name}, which is no linear classifier: it cannot get a new one.`);
  return last;
}

/**
 * The network with a classifier for `classes`, drawn from the seed, for square images of `size` pixels; all else is
 * the pretrained one's, its normalization too.
 * @throws when images of that size are too small for it
 */
export function withNewHead(model: FloatModel, classes: readonly string[], size: number, seed: number): FloatModel {
  const { name, inFeatures } = headOf(model.graph);
  const head: LinearNode = { ...headOf(model.graph), outFeatures: classes.length };
  const graph: Graph = {
    ...model.graph,
    inputShape: [size, size, 3],
    nodes: model.graph.nodes.map((node) => (node.name === name ? head : node)),
  };
  inferShapes(graph);
  const fresh = initialWeights({ name, inputShape: [1, 1, inFeatures], nodes: [head] }, seed);
  const weights = new Map(
    [...weightShapes(graph)].map(([array]) => [array, fresh.get(array) ?? namedArray(model.weights, array)]),
  );
  return { ...model, graph, weights, classes };
}

/** The stage a variable belongs to, counted from the classifier: fc 0, layer4 1, ..., the stem last. */
function stagesFromHead(graph: Graph): (variable: string) => number {
  const stages = [...new Set(graph.nodes.map(({ name }) => name.split('.')[0]))].filter((stage) =>
    graph.nodes.some((node) => node.name.split('.')[0] === stage && isWeighted(node)),
  );
  return (variable) => stages.length - 1 - stages.indexOf(variable.split('.')[0]);
}

export type FinetuneOptions = Pick<TrainOptions, 'resume' | 'signal' | 'readWhen'>;

/**
 * Trains `model`, made by `toLayersModel` from `withNewHead`'s graph, in place. Batch norms use and record the new
 * images' statistics from the first step on.
 * @param set the training images of the run
 * @throws when the loss is no longer finite, naming the step
 */
export async function* finetune(
  model: tf.LayersModel,
  { graph, normalization }: FloatModel,
  set: TrainingImages,
  settings: FinetuneSettings,
  options: FinetuneOptions = {},
): AsyncGenerator<TrainingStep, void> {
  const head = headOf(graph).name;
  const stage = stagesFromHead(graph);
  yield* train(model, set, normalization, settings, {
    ...options,
    task: {
      variables: variablesOf(model),
      learns: (name, step, steps) => step >= steps * settings.headShare || name.startsWith(`${head}.`),
      optimizer: (trainable, state) =>
        sgd(trainable, { ...settings, rateFactor: (name) => settings.stageDecay ** stage(name) }, state),
    },
  });
}

/** What fine-tuning does unless told otherwise: a few epochs of SGD, rising while the head learns, then half a cosine. */
export const FINETUNE: FinetuneSettings = {
  trainImages: 50_000,
  epochs: 3,
  batchSize: 64,
  seed: 1,
  augment: true,
  peakRate: 0.02,
  schedule: { kind: 'oneCycle', warmup: 0.1 },
  momentum: 0.9,
  weightDecay: 5e-4,
  labelSmoothing: 0,
  headShare: 0.03,
  stageDecay: 0.9,
};
