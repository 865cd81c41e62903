/** What quantizing parts of a network does to its output, measured on images part by part. */
import { tensorsWithGrid } from '../../graph/grids.ts';
import { meanDivergence } from '../../calibrate/divergence.ts';
import { evaluationBatches } from '../../data/batches.ts';
import type { ImageSet } from '../../data/types.ts';
import { decide, hits } from '../../base/answers.ts';
import { lookUp } from '../../base/lookUp.ts';
import { isWeighted } from '../../graph/shapes.ts';
import type { FloatModel, TensorName } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { fittingBatch } from '../../tensor/activations.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { replayed, type Change } from '../../tensor/reconstruct/replay.ts';
import type { Effect } from '../../contract/calls/sensitivity.ts';
import type { Control } from '../../contract/progress.ts';

/** A part of a quantized network, while the rest stays float; 'all' is the whole. */
export type Trial = {
  readonly quantized: QuantizedModel;
  readonly part: { readonly weights?: readonly TensorName[]; readonly activations?: readonly TensorName[] } | 'all';
};

export type Effects = { readonly float: { readonly top1: number }; readonly effects: readonly Effect[] };

/**
 * Each trial on the first `images` of a set, as many images at a time as fit the memory.
 * @param model the float model that the trials' models were quantized from
 * @throws the signal's reason, between trials
 */
export async function measureEffects(
  model: FloatModel,
  set: ImageSet,
  images: number,
  trials: readonly Trial[],
  control: Control = {},
): Promise<Effects> {
  const classes = model.classes.length;
  const batchSize = Math.min(fittingBatch(model), images);
  const total = Math.ceil(images / batchSize) * trials.length;
  const sums = trials.map(() => ({ divergence: 0, right: 0 }));
  let floatRight = 0;
  let done = 0;
  for (const { images: values, labels } of evaluationBatches(set, {
    batchSize,
    normalization: model.normalization,
    count: images,
  })) {
    const right = (logits: Float32Array): number => hits(decide(logits, classes).classes, labels);
    let reference: Float32Array | null = null;
    for await (const logits of replayed(model, values, labels.length, changesOf(model, trials), control.signal)) {
      if (!reference) {
        reference = logits;
        floatRight += right(logits);
        continue;
      }
      const sum = sums[done % trials.length];
      sum.divergence += meanDivergence(reference, logits, classes) * labels.length;
      sum.right += right(logits);
      done++;
      control.report?.({ stage: 'Measuring sensitivity', done, total, unit: 'runs' });
    }
  }
  return {
    float: { top1: floatRight / images },
    effects: sums.map(({ divergence, right }) => ({ divergence: divergence / images, top1: right / images })),
  };
}

/** One after the other, so that only one holds dequantized weights. */
function* changesOf(model: FloatModel, trials: readonly Trial[]): Generator<Change> {
  const rounded = new Set(tensorsWithGrid(model.graph));
  for (const { quantized, part } of trials) {
    const { weights = [], activations = [] } =
      part === 'all'
        ? { weights: [...quantized.weights.keys()], activations: [...quantized.activations.keys()] }
        : part;
    const wanted = new Set(weights);
    const some = {
      ...quantized.graph,
      nodes: quantized.graph.nodes.filter((node) => isWeighted(node) && wanted.has(node.name)),
    };
    // The bias goes with the weights: as int32 it is as good as float.
    const arrays = new Map(
      [...dequantizedWeights({ ...quantized, graph: some })].filter(([name]) => name.endsWith('.kernel')),
    );
    const quantizers = activations
      .filter((name) => rounded.has(name))
      .map((name) => [name, lookUp(quantized.activations, name, 'activation grid')] as const);
    yield { arrays, quantizers: new Map(quantizers) };
  }
}
