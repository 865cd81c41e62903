/** `--method race` of the headless twin: float32, float16 and every bitwidth in onnxruntime-web's WASM, in turn; a row each. */
import type { Stages } from '../../src/lab/stages/stages.ts';
import { race } from '../../src/lab/race/race.ts';
import type { Lanes } from '../../src/lab/resources.ts';
import type { FileForm } from '../../src/contract/calls/race.ts';
import type { RunSettings } from '../../src/contract/run.ts';

/** @param form of the quantized files */
export async function raceRows(
  stages: Stages,
  lanes: Lanes,
  float: RunSettings,
  quantized: readonly RunSettings[],
  batches: readonly number[],
  form: FileForm,
): Promise<readonly Record<string, unknown>[]> {
  const floats = (['float32', 'float16'] as const).map((precision) => ({ settings: float, form: precision }));
  const entries = [...floats, ...quantized.map((settings) => ({ settings, form }))];
  const { machine, rows, absent, findings } = await race(stages, lanes, { entries, lanes: ['wasm-1'], batches });
  if (absent.length > 0) throw new Error(absent.map(({ lane, reason }) => `${lane}: ${reason}`).join(' '));
  const round = (value: number): number => Number(value.toPrecision(6));
  return rows.map(({ settings, ...row }) => ({
    model: settings.model,
    dataset: settings.dataset,
    method: 'race',
    scheme: settings.scheme?.name ?? null,
    form: row.form,
    weightBits: row.bits,
    activationBits: settings.scheme?.activationBits ?? row.bits,
    lane: row.lane,
    engine: `onnxruntime-web:${row.lane}`,
    threads: row.threads,
    batch: row.batch,
    onnxBytes: row.onnxBytes,
    loadMs: round(row.loadMs),
    firstRunMs: round(row.firstRunMs),
    medianMs: round(row.medianMs),
    lowMs: round(row.lowMs),
    highMs: round(row.highMs),
    p95Ms: round(row.p95Ms),
    imagesPerSecond: round(row.imagesPerSecond),
    runs: row.runs,
    warmup: row.warmup,
    heapBytes: row.heapBytes,
    agrees: row.agrees,
    operators: Object.fromEntries(
      row.operators.map(({ operator, provider, count }) => [
        `${operator} (${provider.replace('ExecutionProvider', '')})`,
        count,
      ]),
    ),
    seed: settings.seed,
    runtime: `onnxruntime-web WASM, ${machine.runtime}`,
    cores: machine.cores,
    findings,
  }));
}
