/** Measures one cell of the grid: settings to a row. */
import type { Stages } from '../stages/stages.ts';
import {
  commandOf,
  encodeClasses,
  ENCODED_CLASSES,
  type Cell,
  type GridRow,
  type Provenance,
} from '../../contract/grid/grid.ts';
import type { TrainingState } from '../../contract/calls/training.ts';
import type { EpochMean } from '../../quant/training/types.ts';
import type { Progress, Control } from '../../contract/progress.ts';

export type CellTools = {
  readonly provenance: Provenance;
  /** The file that the network is read from, for the command; absent: a bundled one. */
  readonly weights?: string;
  /** Milliseconds, and the time of day. */
  readonly clock?: { readonly now: () => number; readonly date: () => string };
};

const SYSTEM_CLOCK = { now: () => performance.now(), date: () => new Date().toISOString() };

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The curve of a training that had ended before: it has no step left to report. */
function storedCurve({ losses, accuracies, stepsPerEpoch }: TrainingState): readonly EpochMean[] {
  const of = (values: Float32Array, epoch: number): Float32Array =>
    values.subarray(epoch * stepsPerEpoch, (epoch + 1) * stepsPerEpoch);
  return Array.from({ length: Math.ceil(losses.length / stepsPerEpoch) }, (_, epoch) => ({
    epoch,
    steps: of(losses, epoch).length,
    loss: mean(of(losses, epoch)),
    accuracy: mean(of(accuracies, epoch)),
  }));
}

/** @throws what the engine throws; the signal's reason */
export async function measureCell(
  { key, settings }: Cell,
  stages: Stages,
  { provenance, weights, clock = SYSTEM_CLOCK }: CellTools,
  control: Control = {},
): Promise<GridRow> {
  const start = clock.now();
  let curve: readonly EpochMean[] = [];
  const report = (progress: Progress): void => {
    curve = progress.training?.curve ?? curve;
    control.report?.(progress);
  };
  const result = await stages.evaluate(settings, { ...control, report });
  if (settings.training && curve.length === 0) curve = storedCurve(await stages.trainer.trainingState(settings));
  const test = await stages.testSet(settings, control);
  const { model, dataset, method, scheme, images, calibrationImages, seed, training, against } = settings;
  const isEncoded = against === undefined || test.classes.length <= ENCODED_CLASSES;
  return {
    key,
    command: commandOf(settings, weights, provenance.runtime !== undefined),
    model,
    dataset,
    side: test.height,
    method,
    scheme: scheme?.name ?? null,
    weightBits: scheme?.weightBits ?? 32,
    activationBits: scheme?.activationBits ?? 32,
    repairs: scheme?.repairs ?? [],
    training: training ?? null,
    images,
    calibrationImages,
    seed,
    top1: result.top1,
    ...(against && { against }),
    ...(result.kl !== undefined && { kl: result.kl }),
    sizeBytes: result.sizeBytes,
    onnxBytes: result.onnxBytes,
    backend: result.device.backend,
    device: result.device.description,
    engine: result.engine,
    ...provenance,
    seconds: (clock.now() - start) / 1000,
    finished: clock.date(),
    classes: isEncoded ? test.classes : [],
    labels: isEncoded ? encodeClasses(test.labels.subarray(0, images)) : '',
    predictions: isEncoded ? encodeClasses(result.predictions) : '',
    curve,
  };
}
