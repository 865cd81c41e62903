/** Test images through an open network, under a call's control. */
import { predict, type Answered, type Predicted } from '../../data/predict.ts';
import type { ImageSet } from '../../data/types.ts';
import type { Control } from '../../contract/progress.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import type { Made, OpenNetwork } from './types.ts';

/**
 * Runs the first `count` images of a set, as many at once as the engine likes.
 * @param options what the progress is called; the answers that are known already
 * @throws the signal's reason, between two batches
 */
export function answerImages(
  network: OpenNetwork,
  { model }: Made,
  set: ImageSet,
  count: number,
  { report, signal, standAside }: Control = {},
  { stage = 'Classifying', begun }: { readonly stage?: string; readonly begun?: Answered } = {},
): Promise<Predicted> {
  const left = Math.max(1, count - (begun?.images() ?? 0));
  return predict(network, set, model.normalization, {
    count,
    batchSize: network.batch ?? evaluationBatch(network.ranOn.backend, model.graph, left),
    signal,
    standAside,
    begun,
    onProgress: (done, total) => report?.({ stage, done, total, unit: 'images' }),
  });
}
