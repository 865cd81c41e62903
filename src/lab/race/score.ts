/** The same settings in onnxruntime-web: what it predicts, and how long it takes. */
import { evaluationBatches } from '../../data/batches.ts';
import {
  closeSession,
  createSession,
  measureLatencies,
  runBatch,
  type OrtSession,
  type SessionOptions,
} from '../../runtime/session.ts';
import { breathe } from '../../base/breathe.ts';
import { decide, top1 } from '../../tensor/evaluate.ts';
import { onnxBytes, type Engine } from '../engine/engine.ts';
import { evaluationBatch } from '../engine/evaluationBatch.ts';
import { unlessAborted } from '../failure.ts';
import type { RaceResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** One photo at a time, as an application would ask. */
const LATENCY_BATCH = 1;
const WARMUP = 10;
const RUNS = 50;

/**
 * Writes the model as ONNX, opens it in onnxruntime-web, times it in turn with the float model, and scores it on the
 * same test images.
 * @param wasmUrl where the page serves onnxruntime-web's .wasm; not needed in Node
 * @throws the signal's reason, between two runs or batches, or while a session opens
 */
export async function race(
  engine: Engine,
  settings: RunSettings,
  { report, signal }: Control = {},
  wasmUrl?: string,
): Promise<RaceResult> {
  const made = await engine.make(settings, { report, signal });
  const { dataset } = await engine.subject(settings);
  const bytes = onnxBytes(made);
  const contenders = made.quantized ? [bytes, onnxBytes({ ...made, quantized: null })] : [bytes];
  const opened: OrtSession[] = [];
  try {
    for (const file of contenders)
      opened.push(await openUnlessAborted(file, wasmUrl === undefined ? {} : { wasmUrl }, signal));
    const [session] = opened;
    const { normalization } = made.model;
    const [first] = evaluationBatches(dataset.test, { batchSize: LATENCY_BATCH, normalization, count: LATENCY_BATCH });
    report?.({ stage: 'Timing in ONNX Runtime', done: 0, total: RUNS, unit: 'runs' });
    const latencies = await measureLatencies(opened, first.images, { warmup: WARMUP, runs: RUNS, signal, breathe });
    const predictions = new Int32Array(settings.images);
    let done = 0;
    const batchSize = evaluationBatch('wasm', made.model.graph, settings.images);
    for (const batch of evaluationBatches(dataset.test, { batchSize, normalization, count: settings.images })) {
      await breathe();
      signal?.throwIfAborted();
      predictions.set(decide(await runBatch(session, batch.images), made.model.classes.length).classes, done);
      done += batch.labels.length;
      report?.({ stage: 'Classifying in ONNX Runtime', done, total: settings.images, unit: 'images' });
    }
    return {
      settings,
      provider: 'wasm',
      threads: session.threads,
      top1: top1(predictions, dataset.test.labels),
      predictions,
      onnxBytes: bytes.length,
      latency: latencies[0],
      float32Latency: latencies[latencies.length - 1],
    };
  } finally {
    for (const session of opened) await closeSession(session);
  }
}

/** The first session waits for the runtime's own .wasm, which takes its time. One that opens too late is closed. */
async function openUnlessAborted(file: Uint8Array, options: SessionOptions, signal?: AbortSignal): Promise<OrtSession> {
  await breathe();
  signal?.throwIfAborted();
  const opening = createSession(file, options);
  return unlessAborted(opening, signal, (late) => void closeSession(late));
}
