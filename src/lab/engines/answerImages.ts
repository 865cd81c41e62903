/** Test images through an open network, under a call's control. */
import { predict, type Predicted } from '../../data/predict.ts';
import type { ImageSet } from '../../data/types.ts';
import type { Control } from '../../contract/progress.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import type { Made, OpenNetwork } from './types.ts';

/**
 * Runs the first `count` images of a set, as many at once as the engine likes.
 * @param stage what the progress is called
 * @throws the signal's reason, between two batches
 */
export function answerImages(
  network: OpenNetwork,
  { model }: Made,
  set: ImageSet,
  count: number,
  { report, signal }: Control = {},
  stage = 'Classifying',
): Promise<Predicted> {
  return predict(network, set, model.normalization, {
    count,
    batchSize: network.batch ?? evaluationBatch(network.ranOn.backend, model.graph, count),
    signal,
    onProgress: (done, total) => report?.({ stage, done, total, unit: 'images' }),
  });
}
