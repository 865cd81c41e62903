/** A lane in a worker of its own: two builds, or one build with two thread counts, cannot share a thread. */
import { createWatchdog, type WatchdogLimits } from '../base/work/watchdog.ts';
import type { Lane, LaneInput, LaneOptions, OpenedModel } from './lane.ts';
import type { LaneRequest, LaneResponse } from './laneWorker.ts';

export type ClosableLane = Lane & {
  /** Ends the worker, frees all it holds, and rejects what is under way and what is asked later. */
  readonly end: () => void;
  /** Whether it was ended, or has stopped by itself. */
  readonly hasEnded: () => boolean;
};

export type LaneWorker = {
  postMessage(request: LaneRequest): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<LaneResponse>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export type WorkerLaneOptions = {
  readonly limits?: LaneLimits;
  /** Makes the worker. */
  readonly start?: (options: LaneOptions) => LaneWorker;
};

/** Milliseconds. `silence` is that of a worker which computes nothing large. */
export type LaneLimits = WatchdogLimits & {
  /** One that lives and yet does not answer: its device was lost, or its file does not come. */
  readonly answer?: number;
};

const SILENCE_MS = 15_000;
const ANSWER_MS = 600_000;
const TICK_MS = 1000;

/**
 * A run hears nothing until it ends. ResNet-50 multiplies 27,000 times for each number of its input, and one slow thread
 * a thousand million times a second.
 */
const MS_OF_NUMBER = 0.03;
/** An opening runs twice, once with a profile. */
const RUNS_OF_OPENING = 3;
/** What ran once in so long may take this many times as long when the machine is busy. */
const SLOWER = 10;

/** LaneRequest without the id that the transport adds. */
type Call = LaneRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

type Pending = {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  /** Milliseconds until its answer is no longer waited for. */
  left: number;
};

const workOf = ({ data }: LaneInput): number => MS_OF_NUMBER * data.length;

const startWorker = ({ provider, threads }: LaneOptions): LaneWorker =>
  new Worker(new URL('./laneWorker.ts', import.meta.url), { type: 'module', name: `lane-${provider}-${threads}` });

/**
 * A worker that hangs or is gone is ended, and what is under way rejects with a sentence; whoever needs the lane opens
 * another.
 * @throws Error with a sentence where the provider does not exist here or its build cannot be loaded
 */
export async function openWorkerLane(
  options: LaneOptions,
  { limits = {}, start = startWorker }: WorkerLaneOptions = {},
): Promise<ClosableLane> {
  const worker = start(options);
  const { silence = SILENCE_MS, answer: patience = ANSWER_MS, every = TICK_MS } = limits;
  const pending = new Map<number, Pending>();
  /** Milliseconds of each model's first run. */
  const firstRuns = new Map<number, number>();
  let lastId = 0;
  let ended: Error | null = null;

  const watchdog = createWatchdog(tick, silent, { ...limits, silence, every });

  function silent(seconds: number): void {
    stop(
      `ONNX Runtime on ${options.provider} did not answer for ${Math.round(seconds)} seconds and was ended. Try again: it opens afresh.`,
    );
  }

  function tick(): void {
    worker.postMessage({ id: 0, kind: 'ping' });
    for (const call of pending.values()) if ((call.left -= every) <= 0) return silent(patience / 1000);
  }

  function stop(sentence: string): void {
    watchdog.stop();
    worker.terminate();
    ended ??= new Error(sentence);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  }

  worker.onmessage = ({ data: { id, result, error } }) => {
    watchdog.heard();
    const call = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) watchdog.stop();
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error));
  };
  worker.onerror = ({ message }) => stop(`The worker of ${options.provider} stopped (${message}).`);

  const ask = <T>(call: Call, longer = 0): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = ++lastId;
      pending.set(id, { resolve, reject, left: patience + longer });
      worker.postMessage({ ...call, id });
      watchdog.start(silence + longer);
    });

  async function open(...args: Parameters<Lane['open']>): Promise<OpenedModel> {
    const opened = await ask<OpenedModel>({ kind: 'open', args }, RUNS_OF_OPENING * workOf(args[1]));
    firstRuns.set(opened.id, opened.firstRunMs);
    return opened;
  }

  try {
    await ask({ kind: 'start', options });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    open,
    run: (...args) => ask({ kind: 'run', args }, Math.max(workOf(args[1]), SLOWER * (firstRuns.get(args[0]) ?? 0))),
    // An ended lane has nothing open any more.
    close: async (...args) => (ended ? undefined : ask({ kind: 'close', args })),
    hasEnded: () => ended !== null,
    end: () => stop(`The lane of ${options.provider} was ended.`),
  };
}
