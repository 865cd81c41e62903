/** The panel's state: what there is, what is being imported, what went wrong. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Datasets } from '../../lab/datasetsClient.ts';
import type { DatasetList, ImportFrom, ImportReport } from '../../lab/datasetsProtocol.ts';
import { speedOf, withMoment } from './transfer.ts';
import type { Moment } from './transfer.ts';

/** The import under way; `name` null: the files will say. */
export type Importing = { readonly name: string | null; readonly report: ImportReport; readonly speed: number | null };

export type DatasetsState = {
  readonly list: DatasetList | null;
  readonly importing: Importing | null;
  /** A sentence for the user: an error, or a warning. */
  readonly message: string | null;
  /** What each set was last imported from in this session, to go on with. */
  readonly start: (name: string | null, from: ImportFrom) => void;
  readonly pause: () => void;
  readonly remove: (name: string) => void;
};

const NOTHING: ImportReport = { doneBytes: 0, totalBytes: null, images: 0 };
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isPause = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

export function useDatasets(datasets: Datasets): DatasetsState {
  const [list, setList] = useState<DatasetList | null>(null);
  const [importing, setImporting] = useState<Importing | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  const controller = useRef<AbortController | null>(null);

  const refresh = useCallback(
    () => datasets.call('list', {}).then(setList, (error: unknown) => setMessage(sentence(error))),
    [datasets],
  );
  useEffect(() => void refresh(), [refresh]);

  const start = useCallback(
    (name: string | null, from: ImportFrom): void => {
      const mine = new AbortController();
      controller.current = mine;
      let moments: Moment[] = [];
      setMessage(null);
      setImporting({ name, report: NOTHING, speed: null });
      const onProgress = (report: ImportReport): void => {
        moments = withMoment(moments, { ms: performance.now(), doneBytes: report.doneBytes });
        setImporting({ name, report, speed: speedOf(moments) });
      };
      // Asked for when it matters: a browser may clear what it has not promised to keep.
      void navigator.storage?.persist?.().catch(() => false);
      datasets
        .call('import', { name, from }, { signal: mine.signal, onProgress })
        .then((done) => setMessage(done.message), (error: unknown) => setMessage(isPause(error) ? null : sentence(error)))
        .finally(() => {
          setImporting(null);
          void refresh();
        });
    },
    [datasets, refresh],
  );

  const remove = useCallback(
    (name: string): void => void datasets.call('remove', { name }).catch((error: unknown) => setMessage(sentence(error))).then(refresh),
    [datasets, refresh],
  );

  return { list, importing, message, start, pause: () => controller.current?.abort(), remove };
}
