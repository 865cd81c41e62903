/** Threads that help: each sleeps on the shared memory until a network has work, and does its part of every layer. */
import { instantiate } from './processor.ts';

/** What a helper thread is told, by message. */
export type HelperTask = {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number, from 1, and how many threads there are. */
  readonly thread: number;
  readonly threads: number;
  /** Byte offset of the threads' meeting place (assembly/threads.ts). */
  readonly sync: number;
};

/**
 * A thread that takes one task after another: the next when the last network is closed. `take` settles when it is at work, which it
 * must be before this thread waits for it: a browser delivers no message from a thread that waits.
 */
export type Helper = { readonly take: (task: HelperTask) => Promise<void> };

export type StartHelper = () => Promise<Helper>;

export type Helpers = {
  readonly begin: (task: Omit<HelperTask, 'thread'>) => Promise<void>;
  readonly release: () => void;
};

/** Helpers that wait for a network, by how they were started. */
const IDLE = new Map<StartHelper, Helper[]>();

/** What a helper thread does with its task; it returns when the network is closed. `begun` is called when it is about to begin. */
export function help({ module, memory, thread, threads, sync }: HelperTask, begun: () => void): void {
  const exports = instantiate(module, memory);
  begun();
  exports.help(thread, threads, sync);
}

/** `count` helpers, idle ones first. */
export async function takeHelpers(count: number, start: StartHelper | undefined): Promise<Helpers> {
  if (!start || count === 0) return { begin: () => Promise.resolve(), release: () => undefined };
  const idle = IDLE.get(start) ?? [];
  IDLE.set(start, idle);
  const taken = await Promise.all(Array.from({ length: count }, async () => idle.pop() ?? start()));
  let task: Omit<HelperTask, 'thread'> | null = null;
  return {
    async begin(begun) {
      task = begun;
      await Promise.all(taken.map((helper, i) => helper.take({ ...begun, thread: i + 1 })));
    },
    release() {
      if (task) end(task);
      idle.push(...taken);
    },
  };
}

/** The command without steps: each helper returns to where it takes its next task. */
function end({ memory, sync }: Omit<HelperTask, 'thread'>): void {
  const words = new Int32Array(memory.buffer, sync, 6);
  Atomics.store(words, 3, 0);
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
}
