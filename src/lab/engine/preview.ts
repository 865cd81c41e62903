/** A quick look at quantized settings: quantized, and run on a few images. Nothing is written or timed. */
import { predict, top1 } from '../../tensor/evaluate.ts';
import { toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import { toLayersModel } from '../../tensor/model.ts';
import type { Engine } from './engine.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import type { PreviewResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** @throws the signal's reason, between two batches; when the settings make no sense */
export async function preview(engine: Engine, settings: RunSettings, control: Control = {}): Promise<PreviewResult> {
  const start = performance.now();
  const { model, quantized } = await engine.make(settings, control);
  const { test } = (await engine.subject(settings)).dataset;
  control.signal?.throwIfAborted();
  const network = quantized ? toFakeQuantizedModel(quantized) : toLayersModel(model.graph, model.weights);
  try {
    const batchSize = evaluationBatch(engine.device.backend, model.graph, settings.images);
    const { classes } = await predict(network, test, model.normalization, {
      count: settings.images,
      batchSize,
      signal: control.signal,
    });
    return {
      settings,
      device: engine.device,
      top1: top1(classes, test.labels),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    network.dispose();
  }
}
