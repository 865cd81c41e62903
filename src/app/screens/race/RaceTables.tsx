/** The race in numbers: every file on every lane. */
import type { RaceRow } from '../../../contract/calls/race.ts';
import { contenderId, isFloat } from '../../state/contenders.ts';
import { milliseconds } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { contenderName } from '../../text/names.ts';

/** "wasm-1-1-8": lane, batch, file; a part of the cells' test ids. */
const rowId = (row: RaceRow): string => `${row.lane}-${row.batch}-${contenderId(row)}`;

export function RaceTable({ rows }: { readonly rows: readonly RaceRow[] }) {
  const words = WORDS.race;
  const { columns } = words;
  return (
    <section className="race-table" aria-labelledby="race-table">
      <h2 id="race-table">{words.table}</h2>
      <div className="scroll" role="region" aria-labelledby="race-table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {[
                columns.file,
                columns.lane,
                columns.batch,
                columns.size,
                columns.load,
                columns.first,
                columns.median,
                columns.p95,
                columns.rate,
                columns.runs,
                columns.memory,
                columns.agrees,
              ].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowId(row)} className={isFloat(row) ? 'float32' : 'quantized'}>
                <th scope="row">{contenderName(row)}</th>
                <td>{words.lane[row.lane]}</td>
                <td>{row.batch}</td>
                <Cell id={`race-size-${rowId(row)}`} value={row.onnxBytes} text={words.megabytes(row.onnxBytes)} />
                <Cell id={`race-load-${rowId(row)}`} value={row.loadMs} text={milliseconds(row.loadMs)} />
                <Cell id={`race-first-${rowId(row)}`} value={row.firstRunMs} text={milliseconds(row.firstRunMs)} />
                <Cell id={`race-median-${rowId(row)}`} value={row.medianMs} text={milliseconds(row.medianMs)} />
                <Cell id={`race-p95-${rowId(row)}`} value={row.p95Ms} text={milliseconds(row.p95Ms)} />
                <Cell
                  id={`race-rate-${rowId(row)}`}
                  value={row.imagesPerSecond}
                  text={words.rate(row.imagesPerSecond)}
                />
                <td>{row.runs}</td>
                <Cell id={`race-memory-${rowId(row)}`} value={row.heapBytes} text={words.megabytes(row.heapBytes)} />
                <td data-testid={`race-agrees-${rowId(row)}`}>{row.agrees ? words.yes : words.no}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cell({ id, value, text }: { readonly id: string; readonly value: number; readonly text: string }) {
  return (
    <td>
      <data value={value} data-testid={id}>
        {text}
      </data>
    </td>
  );
}
