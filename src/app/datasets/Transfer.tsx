/** How far an import is, how fast it goes, how long it will take. */
import { WORDS } from '../words/words.ts';
import type { DatasetsStore, Importing } from './datasetsStore.ts';
import { describeProgress } from './transfer.ts';

export function Transfer({ importing: { report, speed } }: { readonly importing: Importing }) {
  const text = describeProgress(report, speed);
  return (
    <p className="transfer">
      <progress
        value={report.totalBytes === null ? undefined : report.doneBytes}
        max={report.totalBytes ?? undefined}
        aria-label={WORDS.data.importingThe(text)}
      />
      <span>{text}</span>
    </p>
  );
}

/** A pause keeps what came, to go on with; a cancel leaves nothing. */
export function ImportButtons({ store }: { readonly store: DatasetsStore }) {
  return (
    <>
      <button type="button" onClick={store.pause}>
        {WORDS.data.pause}
      </button>
      <button type="button" aria-label={WORDS.data.cancelLong} onClick={store.cancel}>
        {WORDS.data.cancel}
      </button>
    </>
  );
}
