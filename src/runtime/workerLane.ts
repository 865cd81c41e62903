/** A lane in a worker of its own: two builds, or one build with two thread counts, cannot share a thread. */
import type { Lane, LaneOptions } from './lane.ts';
import type { LaneRequest, LaneResponse } from './laneWorker.ts';

export type ClosableLane = Lane & {
  /** Ends the worker, frees all it holds, and rejects what is under way and what is asked later. */
  readonly end: () => void;
  /** Whether it was ended, or has stopped by itself. */
  readonly hasEnded: () => boolean;
};

/** LaneRequest without the id that the transport adds. */
type Call = LaneRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

/** @throws Error with a sentence where the provider does not exist here or its build cannot be loaded */
export async function openWorkerLane(options: LaneOptions): Promise<ClosableLane> {
  const worker = new Worker(new URL('./laneWorker.ts', import.meta.url), {
    type: 'module',
    name: `lane-${options.provider}-${options.threads}`,
  });
  const pending = new Map<
    number,
    { readonly resolve: (result: never) => void; readonly reject: (error: Error) => void }
  >();
  let lastId = 0;
  let ended: Error | null = null;

  worker.onmessage = ({ data: { id, result, error } }: MessageEvent<LaneResponse>) => {
    const call = pending.get(id);
    pending.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error));
  };
  const stop = (sentence: string): void => {
    worker.terminate();
    ended ??= new Error(sentence);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  worker.onerror = ({ message }) => stop(`The worker of ${options.provider} stopped (${message}).`);

  const ask = <T>(call: Call): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      worker.postMessage({ ...call, id });
    });

  try {
    await ask({ kind: 'start', options });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    open: (...args) => ask({ kind: 'open', args }),
    run: (...args) => ask({ kind: 'run', args }),
    // An ended lane has nothing open any more.
    close: async (...args) => (ended ? undefined : ask({ kind: 'close', args })),
    hasEnded: () => ended !== null,
    end: () => stop(`The lane of ${options.provider} was ended.`),
  };
}
