/** The same settings in onnxruntime-web: what it predicts, and how long it takes. */
import { evaluationBatches } from '../../data/batches.ts';
import { measureLatencies } from '../../runtime/latency.ts';
import { breathe } from '../../base/breathe.ts';
import type { Stages } from '../stages/stages.ts';
import { answerImages } from '../engines/answerImages.ts';
import { openInResident, type LaneNetwork } from '../engines/onnxRuntime.ts';
import type { Racer } from './inTurn.ts';
import type { Made } from '../engines/types.ts';
import type { ScoreResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** One photo at a time, as an application would ask. */
const LATENCY_BATCH = 1;
const WARMUP = 10;
const RUNS = 50;

/**
 * Writes the model as ONNX, opens it in onnxruntime-web, times it in turn with the float model, and scores it on the
 * same test images.
 * @param racer times it in our own engine, too
 * @throws the signal's reason, between two runs or batches, or while a session opens
 */
export async function score(
  stages: Stages,
  settings: RunSettings,
  control: Control = {},
  racer?: Racer,
): Promise<ScoreResult> {
  const { report, signal } = control;
  const made = await stages.make(settings, control);
  const test = await stages.testSet(settings, control);
  const contenders: Made[] = made.quantized ? [made, { model: made.model, quantized: null }] : [made];
  const race = await racer?.time(settings, control);
  const opened: LaneNetwork[] = [];
  try {
    for (const each of contenders) opened.push(await openInResident(each, stages.here, { signal }));
    const { normalization } = made.model;
    const [first] = evaluationBatches(test, { batchSize: LATENCY_BATCH, normalization, count: LATENCY_BATCH });
    report?.({ stage: 'Timing in ONNX Runtime', done: 0, total: RUNS, unit: 'runs' });
    const between = async (): Promise<void> => {
      await breathe();
      await control.standAside?.();
    };
    const latencies = await measureLatencies(
      opened.map(
        ({ time }) =>
          () =>
            time(first.images, LATENCY_BATCH, signal),
      ),
      { warmup: WARMUP, runs: RUNS, batch: LATENCY_BATCH, signal, breathe: between },
    );
    const network = { ...opened[0], engine: 'onnxruntime-web' } as const;
    const stage = 'Classifying in ONNX Runtime';
    const { classes, top1 } = await answerImages(network, made, test, settings.images, control, { stage });
    return {
      settings,
      provider: 'wasm',
      threads: network.ranOn.threads,
      top1,
      predictions: classes,
      onnxBytes: network.fileBytes,
      latency: latencies[0],
      float32Latency: latencies[latencies.length - 1],
      ...(race && { race }),
    };
  } finally {
    for (const network of opened) await network.close();
  }
}
