/** Every measurement as a table: the charts in numbers. */
import { Explained } from '../glossary/Explained.tsx';
import { bitsName, kilobytes, milliseconds, percent, points } from '../text/format.ts';
import { float32For, float32Row, type Row } from '../state/measurements.ts';
import { perImage, summaryProvenance, timeProvenance } from '../text/provenance.ts';
import { chosenVariant, otherVariants } from '../text/variants.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { wordsOf } from '../state/selectors.ts';
import { wilson95 } from '../../contract/wilson.ts';

export function ResultsTable({ state }: { readonly state: State }) {
  const words = wordsOf(state).results;
  return (
    <section className="results" aria-labelledby="results">
      <h2 id="results">{words.title}</h2>
      <div className="scroll" role="region" aria-labelledby="results" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {words.columns.map((column) => (
                <th key={column} scope="col">
                  <Explained>{column}</Explained>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rowsOf(state).map(({ id, name, row, current }) => (
              <ResultRow
                key={id}
                id={id}
                name={name}
                row={row}
                float32Top1={float32For(state, row.run)?.top1}
                current={current}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

type Line = {
  /** "float32" or "modern-4": the row's part in its cells' test ids. */
  readonly id: string;
  /** The scheme in words. */
  readonly name: string;
  readonly row: Row;
  readonly current: boolean;
};

/** 32-bit float, every width of what is chosen, and all else that is known. */
function rowsOf(state: State): readonly Line[] {
  const chosen = chosenVariant(state);
  const lines = [chosen, ...otherVariants(state)].flatMap(({ id, name, rows }) =>
    rows.map((row) => ({
      id: `${id}-${row.bits}`,
      name,
      row,
      current: id === chosen.id && row.bits === state.choice.bits,
    })),
  );
  return [{ id: 'float32', name: '', row: float32Row(state), current: false }, ...lines];
}

type RowProps = Omit<Line, 'current'> & { readonly float32Top1: number | undefined; readonly current: boolean };

function ResultRow({ id, name: scheme, row, float32Top1, current }: RowProps) {
  const { run, score, time, bits } = row;
  // What was recorded elsewhere is not what this machine measured, and must not be taken for it.
  const name = `${run?.recorded ? 'recorded-' : ''}${id}`;
  const interval = run && wilson95(run.top1, run.settings.images);
  return (
    <tr
      className={bits === null ? 'float32' : 'quantized'}
      aria-current={current || undefined}
      title={run && summaryProvenance(run)}
    >
      <th scope="row">{bits === null ? bitsName(null) : bits}</th>
      <td>
        {scheme}
        {run?.recorded && <small> {WORDS.bill.columns.recorded}</small>}
      </td>
      <Cell id={`top1-${name}`} value={run?.top1} format={percent} />
      <td>{interval ? WORDS.results.interval(percent(interval.low), percent(interval.high)) : WORDS.results.none}</td>
      <td>{bits !== null && run && float32Top1 !== undefined ? points(run.top1 - float32Top1) : WORDS.results.none}</td>
      <Cell id={`size-${name}`} value={run?.sizeBytes} format={kilobytes} />
      <Cell id={`onnx-${name}`} value={run?.onnxBytes} format={kilobytes} />
      <Cell
        id={`latency-${name}`}
        value={time && perImage(time.latency).median}
        format={milliseconds}
        title={time && timeProvenance(time)}
      />
      <Cell id={`ort-${name}`} value={score?.top1} format={percent} />
    </tr>
  );
}

type CellProps = {
  readonly id: string;
  readonly value: number | undefined;
  readonly format: (value: number) => string;
  readonly title?: string | undefined;
};

/** The number as people read it, and in full in `value`. */
function Cell({ id, value, format, title }: CellProps) {
  if (value === undefined) return <td>{WORDS.results.none}</td>;
  return (
    <td title={title}>
      <data value={value} data-testid={id}>
        {format(value)}
      </data>
    </td>
  );
}
