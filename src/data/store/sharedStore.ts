/**
 * Sets that are in one worker's memory, because the browser's storage was full, read by another worker of the page: the
 * datasets' worker imports them, the lab's measures on them.
 */
import { createMemoryStore } from './memoryStore.ts';
import type { ImageStore } from './imageStore.ts';
import { pageSuffix } from './lock.ts';

const channelName = (): string => `fewbit${pageSuffix()} sets in memory`;

/** Nobody answers for a set that is nowhere; a worker that has it answers at once. */
const PATIENCE_MS = 2000;

type Reads = Pick<ImageStore, 'manifest' | 'indexes' | 'shard'>;
type Ask = {
  readonly [K in keyof Reads]: { readonly id: string; readonly ask: K; readonly args: Parameters<Reads[K]> };
}[keyof Reads];
type Answer = { readonly id: string; readonly answer: unknown };

/** Answers for the complete sets of a store, until the function that it gives back is called. */
export function shareStore(store: ImageStore): () => void {
  const channel = new BroadcastChannel(channelName());
  channel.onmessage = ({ data }: MessageEvent<Ask | Answer>) => void answer(data);
  const answer = async (asked: Ask | Answer): Promise<void> => {
    if (!('ask' in asked) || !(await store.manifest(asked.args[0]))?.complete) return;
    const read = store[asked.ask] as (...args: readonly unknown[]) => Promise<unknown>;
    channel.postMessage({ id: asked.id, answer: await read(...asked.args) } satisfies Answer);
  };
  return () => channel.close();
}

/**
 * A memory store that asks the others of this origin for what it has not itself.
 * @param patienceMs after which what nobody has answered for is nowhere
 */
export function createAskingStore(patienceMs = PATIENCE_MS): ImageStore & { readonly close: () => void } {
  const own = createMemoryStore();
  const channel = new BroadcastChannel(channelName());
  const waiting = new Map<string, (answer: unknown) => void>();
  channel.onmessage = ({ data }: MessageEvent<Ask | Answer>) => {
    if ('answer' in data) waiting.get(data.id)?.(data.answer);
  };
  const ask = async <K extends keyof Reads>(
    method: K,
    args: Parameters<Reads[K]>,
    nothing: Awaited<ReturnType<Reads[K]>>,
  ): Promise<Awaited<ReturnType<Reads[K]>>> => {
    const id = crypto.randomUUID();
    const answer = await new Promise<unknown>((resolve) => {
      const timer = setTimeout(() => resolve(nothing), patienceMs);
      waiting.set(id, (found) => {
        clearTimeout(timer);
        resolve(found);
      });
      channel.postMessage({ id, ask: method, args });
    });
    waiting.delete(id);
    return answer as Awaited<ReturnType<Reads[K]>>;
  };
  return {
    ...own,
    manifest: (name) => ask('manifest', [name], undefined),
    indexes: (name, split) => ask('indexes', [name, split], []),
    shard: (name, split, place) => ask('shard', [name, split, place], undefined),
    close: () => channel.close(),
  };
}
