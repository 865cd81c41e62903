/** The evaluation bench's page: the lab's own worker, asked as the page asks it, and a stopwatch. */
import { createLab } from '../../src/lab/rpc/client.ts';
import type { BackendName } from '../../src/contract/device.ts';
import type { RunSettings } from '../../src/contract/run.ts';

const lab = createLab();

export type Evaluated = {
  readonly ms: number;
  readonly engine: string;
  readonly device: string;
  readonly top1: number;
};

/** Milliseconds until the lab has let go; null where it was done before it was asked to. */
export type Cancelled = number | null;

export const bench = {
  async open(backend: BackendName, model: string, dataset: string): Promise<void> {
    await lab.call('open', { backend, model, dataset });
  },

  /** Calibrated and quantized: nothing of it is in the evaluation's time afterwards but the quantization of other widths. */
  async prepare(settings: RunSettings): Promise<void> {
    await lab.call('preview', settings);
  },

  async evaluate(settings: RunSettings): Promise<Evaluated> {
    const start = performance.now();
    const { engine, device, top1 } = await lab.call('evaluate', settings);
    return { ms: performance.now() - start, engine, device: device.description, top1 };
  },

  async cancel(settings: RunSettings, afterMs: number): Promise<Cancelled> {
    const controller = new AbortController();
    let aborted = NaN;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort();
    }, afterMs);
    try {
      await lab.call('evaluate', settings, { signal: controller.signal });
      return null;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      return performance.now() - aborted;
    }
  },
};

Object.assign(globalThis, { bench });
