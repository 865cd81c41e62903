/** What quantizing parts of a network does to its output, measured on images part by part. */
import { meanDivergence } from '../../calibrate/divergence.ts';
import { evaluationBatches } from '../../data/batches.ts';
import type { ImageSet } from '../../data/types.ts';
import { decide, hits } from '../../base/answers.ts';
import type { FloatModel } from '../../graph/types.ts';
import { ranksInFewbit } from '../engines/engines.ts';
import type { Here } from '../engines/types.ts';
import { inGroups, trialsInFewbit, trialsInTfjs, type OpenTrials, type Trial } from './trials.ts';
import type { RanOn } from '../../contract/device.ts';
import type { EngineName } from '../../contract/engines.ts';
import type { Effect } from '../../contract/calls/sensitivity.ts';
import type { Control } from '../../contract/progress.ts';

export type Effects = {
  readonly float: { readonly top1: number };
  /** In the trials' order. */
  readonly effects: readonly Effect[];
  readonly engine: EngineName;
  /** null: where tfjs runs. */
  readonly ranOn: RanOn | null;
};

/**
 * Each trial on the first `images` of a set, as many images at a time as the engine likes.
 * @param model the float model that the trials' models were quantized from
 * @param here what our engine needs; without it, and where tfjs has a GPU, tfjs measures
 * @throws the signal's reason, between trials
 */
export async function measureEffects(
  model: FloatModel,
  set: ImageSet,
  images: number,
  trials: readonly Trial[],
  control: Control = {},
  here?: Here,
): Promise<Effects> {
  const inFewbit = here && ranksInFewbit(here) ? here : null;
  const effects: Effect[] = [];
  let last: Pick<Effects, 'float' | 'engine' | 'ranOn'> | null = null;
  let done = 0;
  for (const group of inFewbit ? inGroups(trials) : [trials]) {
    const opened = await (inFewbit ? trialsInFewbit(model, group, inFewbit) : trialsInTfjs(model, group));
    try {
      const { float, sums } = await measured(model, set, images, group, opened, control.signal, () => {
        done++;
        const batches = Math.ceil(images / Math.min(opened.batchSize, images));
        control.report?.({ stage: 'Measuring sensitivity', done, total: batches * trials.length, unit: 'runs' });
      });
      effects.push(...sums);
      last = { float, engine: opened.engine, ranOn: opened.ranOn };
    } finally {
      await opened.close();
    }
  }
  if (!last) throw new Error('There is nothing to measure.');
  return { ...last, effects };
}

async function measured(
  model: FloatModel,
  set: ImageSet,
  images: number,
  trials: readonly Trial[],
  { batchSize, logits: logitsOf }: OpenTrials,
  signal: AbortSignal | undefined,
  step: () => void,
): Promise<{ readonly float: { readonly top1: number }; readonly sums: readonly Effect[] }> {
  const classes = model.classes.length;
  const sums = trials.map(() => ({ divergence: 0, right: 0 }));
  let floatRight = 0;
  for (const { images: values, labels } of evaluationBatches(set, {
    batchSize: Math.min(batchSize, images),
    normalization: model.normalization,
    count: images,
  })) {
    const right = (logits: Float32Array): number => hits(decide(logits, classes).classes, labels);
    let reference: Float32Array | null = null;
    let at = 0;
    for await (const logits of logitsOf(values, labels.length, signal)) {
      if (!reference) {
        reference = logits;
        floatRight += right(logits);
        continue;
      }
      const sum = sums[at++];
      sum.divergence += meanDivergence(reference, logits, classes) * labels.length;
      sum.right += right(logits);
      step();
    }
  }
  return {
    float: { top1: floatRight / images },
    sums: sums.map(({ divergence, right }) => ({ divergence: divergence / images, top1: right / images })),
  };
}
