/** "Prepare for offline": says what it will store and how large, then stores it. */
import { useState } from 'react';
import { count } from '../text/format.ts';
import { WORDS } from '../words/words.ts';
import { hasServiceWorker } from './register.ts';
import type { OfflineList } from './copy.ts';
import { offlineList, storeOffline, totalBytes } from './store.ts';

type Stage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly list: OfflineList }
  | { readonly kind: 'storing'; readonly done: number; readonly total: number }
  | { readonly kind: 'said'; readonly text: string };

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function OfflineButton() {
  const words = WORDS.files.offline;
  const [stage, setStage] = useState<Stage>({ kind: 'idle' });
  const failed = (error: unknown): void =>
    setStage({ kind: 'said', text: words.failed(error instanceof Error ? error.message : String(error)) });

  async function ask(): Promise<void> {
    if (!hasServiceWorker() || !('caches' in window)) return setStage({ kind: 'said', text: words.impossible });
    setStage({ kind: 'asking', list: await offlineList() });
  }

  async function store(list: OfflineList): Promise<void> {
    const total = totalBytes(list.files);
    setStage({ kind: 'storing', done: 0, total });
    await storeOffline(list, (done) => setStage({ kind: 'storing', done, total }));
    setStage({ kind: 'said', text: words.ready });
  }

  return (
    <div className="offline" data-testid="offline">
      {stage.kind !== 'asking' && stage.kind !== 'storing' && (
        <button type="button" onClick={() => void ask().catch(failed)}>
          {words.prepare}
        </button>
      )}
      {stage.kind === 'asking' && (
        <>
          <p>{words.asks(count(stage.list.files.length), megabytes(totalBytes(stage.list.files)))}</p>
          <p className="buttons">
            <button type="button" onClick={() => void store(stage.list).catch(failed)}>
              {words.store}
            </button>
            <button type="button" onClick={() => setStage({ kind: 'idle' })}>
              {words.notNow}
            </button>
          </p>
        </>
      )}
      {stage.kind === 'storing' && (
        <p>
          {words.storing(megabytes(stage.done), megabytes(stage.total))}
          <progress max={stage.total} value={stage.done} aria-label={words.prepare} />
        </p>
      )}
      <p role="status">{stage.kind === 'said' && stage.text}</p>
    </div>
  );
}
