/** What the race measured of this network, runtime by runtime: the rest of the bill times WebAssembly only. */
import { ChartTableView } from '../../chart/ChartTableView.tsx';
import type { Column } from '../../chart/table.ts';
import { milliseconds } from '../../text/format.ts';
import { formatLink } from '../../state/link.ts';
import type { State } from '../../state/state.ts';
import { WORDS } from '../../words/words.ts';
import { contenderName } from '../../text/names.ts';
import { linkOf, racedHere, type RacedRow } from '../../state/selectors.ts';

/** Milliseconds an image: a run's, shared out over its images. */
const perImage = (title: string, of: (row: RacedRow) => number): Column<RacedRow> => ({
  title,
  value: (row) => of(row) / row.batch,
  text: (row) => milliseconds(of(row) / row.batch),
});

export function Runtimes({ state }: { readonly state: State }) {
  const words = WORDS.bill.runtimes;
  const { columns, lane, provenance } = WORDS.race;
  const rows = racedHere(state);
  const machine = state.raced?.machine;
  return (
    <section className="runtimes" aria-labelledby="runtimes" data-testid="runtimes">
      <h2 id="runtimes">{words.title}</h2>
      {rows.length > 0 && machine ? (
        <>
          <ChartTableView
            title={words.title}
            table={{
              columns: [
                { title: columns.file, value: contenderName },
                { title: columns.lane, value: (row) => lane[row.lane] },
                { title: columns.batch, value: ({ batch }) => batch },
                perImage(words.median, ({ medianMs }) => medianMs),
                perImage(columns.low, ({ lowMs }) => lowMs),
                perImage(columns.high, ({ highMs }) => highMs),
              ],
              rows,
            }}
          />
          <p className="provenance">
            {provenance(
              machine.runtime,
              [...new Set(rows.map((row) => lane[row.lane]))].join(', '),
              Math.max(...rows.map(({ threads }) => threads)),
              machine.cores,
              machine.crossOriginIsolated,
              machine.adapter,
              rows[0].warmup,
            )}
          </p>
        </>
      ) : (
        <p>{words.none}</p>
      )}
      <p>
        <a className="button" href={formatLink({ ...linkOf(state), screen: 'race' })}>
          {words.race}
        </a>
      </p>
    </section>
  );
}
