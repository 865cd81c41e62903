/** The experiment grid on the page: what to run, the tables as they fill beside 2021's, and each cell from inside. */
import { useEffect, useState } from 'react';
import { cellsOf, isRow, type GridRow } from '../../../contract/grid/grid.ts';
import { EXPORTS, publishedFor, type ExportFormat } from '../../../contract/grid/gridExport.ts';
import { SOURCE_2021 } from '../../../contract/grid/published2021.ts';
import { saveFile } from '../../chart/save.ts';
import { progressInWords } from '../../text/progress.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { CellDetail } from './CellDetail.tsx';
import { workloadsOf, cellId, rowOf } from './cells.ts';
import { gridOf, keepChoices, loadChoices, type Choices } from './choices.ts';
import { GridForm } from './GridForm.tsx';
import { gridStoreOf, type GridState } from './gridStore.ts';
import { describeCell, GridTable } from './GridTable.tsx';
import { useStore } from '../../store/useStore.ts';
import './experiments.css';

const FILES: Readonly<Record<ExportFormat, { readonly ending: string; readonly type: string }>> = {
  csv: { ending: 'csv', type: 'text/csv;charset=utf-8' },
  json: { ending: 'json', type: 'application/json' },
  markdown: { ending: 'md', type: 'text/markdown' },
  lines: { ending: 'jsonl', type: 'application/jsonl' },
};

export function ExperimentsScreen({ state, lab }: ScreenProps) {
  const words = WORDS.experiments;
  const store = gridStoreOf(lab);
  const { records, running, problem } = useStore(store);
  const [choices, setChoices] = useState<Choices>(loadChoices);
  const [chosen, setChosen] = useState<string | null>(null);
  const isOpen = state.opened !== null;
  useEffect(() => {
    if (isOpen) void store.load();
  }, [isOpen, store]);

  const grid = gridOf(choices, state.link.seed);
  const cells = cellsOf(grid);
  const known = records ?? new Map();
  const rows = cells.map((cell) => rowOf(cell, known)).filter((row) => row !== null);
  const failures = cells.map(({ key }) => known.get(key)).filter((record) => record !== undefined && !isRow(record));
  const workloads = workloadsOf(cells);
  const chosenCell = cells.find(({ key }) => key === chosen);
  const chosenRow = rowOf(chosenCell, known);
  const float32 =
    chosenRow &&
    rowOf(
      workloads
        .find(({ model, dataset }) => model === chosenRow.model && dataset === chosenRow.dataset)
        ?.cells.get(cellId('float32', 32)),
      known,
    );

  function change(next: Choices): void {
    setChoices(next);
    keepChoices(next);
  }

  return (
    <>
      <section className="experiments" aria-labelledby="grid-finding">
        <h2 id="grid-finding" data-testid="grid-finding">
          {[words.finding(rows.length, cells.length), compared(rows)].filter(Boolean).join(' ')}
        </h2>
        <details className="grid-choices" open={rows.length === 0}>
          <summary>{words.choose}</summary>
          <GridForm choices={choices} disabled={running !== null} onChange={change} />
          <p className="note">{words.needs}</p>
        </details>
        <div className="grid-actions">
          {running ? (
            <button type="button" disabled={running.stopping} onClick={store.pause}>
              {running.stopping ? words.stopping : words.pause}
            </button>
          ) : (
            <button
              type="button"
              className="primary"
              disabled={!records}
              onClick={() => void store.run(grid, choices.timed)}
            >
              {words.run(cells.length - rows.length)}
            </button>
          )}
          {!running && records && rows.length === cells.length && <p data-testid="all-done">{words.allDone}</p>}
          {!running && rows.length + failures.length > 0 && (
            <button type="button" onClick={() => void store.forget(cells.map(({ key }) => key))}>
              {words.forget}
            </button>
          )}
          <Now running={running} />
        </div>
        {problem && (
          <p className="notice" role="alert">
            {problem}
          </p>
        )}
        <p className="note">{words.kept}</p>
        {workloads.map((workload) => (
          <GridTable
            key={`${workload.dataset} ${workload.model}`}
            workload={workload}
            records={known}
            running={running?.cell ?? null}
            chosen={chosen}
            onChoose={setChosen}
          />
        ))}
        <p className="provenance">{`${words.source} ${SOURCE_2021}`}</p>
        {failures.length > 0 && (
          <Failures messages={failures.map((record) => (record && 'error' in record ? record.error : ''))} />
        )}
        {rows.length > 0 && <Save rows={rows} />}
      </section>
      {chosenCell && chosenRow && (
        <CellDetail
          key={chosenCell.key}
          state={state}
          title={describeCell(chosenCell)}
          row={chosenRow}
          float32={float32}
        />
      )}
    </>
  );
}

/** How many of the rows that have a published figure reach it. */
function compared(rows: readonly GridRow[]): string {
  const pairs = rows.flatMap((row) => {
    const then = publishedFor(row);
    return then === null ? [] : [row.top1 >= then];
  });
  return pairs.length === 0 ? '' : WORDS.experiments.beyond(pairs.filter(Boolean).length, pairs.length);
}

function Now({ running }: { readonly running: GridState['running'] }) {
  if (!running?.cell) return null;
  const words = WORDS.experiments;
  const { cell, progress, secondsLeft } = running;
  const parts = [
    progress && progressInWords(progress),
    secondsLeft !== null && words.left(Math.ceil(secondsLeft / 60)),
  ];
  return (
    <p>
      <span role="status">{words.now(describeCell(cell))}</span>
      {parts.filter(Boolean).map((part) => ` · ${part}`)}
    </p>
  );
}

function Failures({ messages }: { readonly messages: readonly string[] }) {
  return (
    <div className="notice">
      <p>{WORDS.experiments.failed}</p>
      <ul>
        {[...new Set(messages)].map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

function Save({ rows }: { readonly rows: readonly GridRow[] }) {
  return (
    <p className="grid-save">
      {WORDS.experiments.save}{' '}
      {(Object.keys(EXPORTS) as ExportFormat[]).map((format) => (
        <button
          key={format}
          type="button"
          className="small"
          onClick={() =>
            saveFile(
              `fewbit-experiments.${FILES[format].ending}`,
              new Blob([EXPORTS[format](rows)], { type: FILES[format].type }),
            )
          }
        >
          {format.toUpperCase()}
        </button>
      ))}
    </p>
  );
}
