/** A quick look at quantized settings: quantized, and run on a few images. Nothing is written or timed. */
import { answerImages } from '../engines/answerImages.ts';
import type { Stages } from './stages.ts';
import type { PreviewResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** @throws the signal's reason, between two batches; when the settings make no sense */
export async function preview(stages: Stages, settings: RunSettings, control: Control = {}): Promise<PreviewResult> {
  const start = performance.now();
  const { signal } = control;
  const made = await stages.make(settings, control);
  const test = await stages.testSet(settings, { signal });
  signal?.throwIfAborted();
  const network = await stages.openNetwork(made, settings.engine, { signal, quick: true });
  try {
    const { top1, classes, confidences } = await answerImages(network, made, test, settings.images, { signal });
    return {
      settings,
      engine: network.engine,
      device: network.ranOn,
      top1,
      predictions: classes,
      confidences,
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await network.close();
  }
}
