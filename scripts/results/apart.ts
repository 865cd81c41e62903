/** Networks asked on training images that neither calibrated nor repaired them: what is chosen by these has not seen the test images. */
import { indicesKeptApart } from '../../src/data/batches.ts';
import { subset } from '../../src/data/imageSet.ts';
import type { ImageSet } from '../../src/data/types.ts';
import type { RunSettings } from '../../src/contract/run.ts';
import { answerImages } from '../../src/lab/engines/answerImages.ts';
import type { Stages } from '../../src/lab/stages/stages.ts';

/** The training images after those that calibrate, balanced by class; fewer than `wanted` where there are no more. */
export function imagesApart(
  train: ImageSet,
  { calibrationImages: used, seed }: Pick<RunSettings, 'calibrationImages' | 'seed'>,
  wanted: number,
): ImageSet {
  return subset(train, indicesKeptApart(train, used, wanted, seed));
}

/** The class of each image, by the network of these settings in the engine that measures it. */
export async function answersOf(stages: Stages, settings: RunSettings, set: ImageSet): Promise<Int32Array> {
  const made = await stages.make(settings);
  const network = await stages.openNetwork(made, settings.engine);
  try {
    return (await answerImages(network, made, set, set.count)).classes;
  } finally {
    await network.close();
  }
}
