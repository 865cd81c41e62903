/** What a reader leaves behind: a promise that fails after its reader has answered, where nobody hears it. In Node it ends the process. */
import type { EventEmitter } from 'node:events';

const KINDS = ['unhandledRejection', 'uncaughtException'] as const;

/** Long enough for what was begun to fail: promises are reported when their turn of the event loop ends. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** @returns what `run` gives, and the first failure that nobody heard; null: none */
export async function hearing<T>(
  run: () => Promise<T>,
  source: EventEmitter = process,
): Promise<{ readonly value: T; readonly unheard: string | null }> {
  let unheard: string | null = null;
  const hear = (error: unknown): void => {
    unheard ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  };
  for (const kind of KINDS) source.on(kind, hear);
  try {
    const value = await run();
    await turns();
    return { value, unheard };
  } finally {
    for (const kind of KINDS) source.off(kind, hear);
  }
}
