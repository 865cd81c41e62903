/** The numbers of a chart as a table that a keyboard can scroll. */
import { WORDS } from '../words/words.ts';
import { cellText, type ChartTable } from './table.ts';

export function ChartTableView<Row>({
  title,
  table: { columns, rows },
}: {
  readonly title: string;
  readonly table: ChartTable<Row>;
}) {
  if (rows.length === 0) return <p>{WORDS.chart.empty}</p>;
  const [first, ...others] = columns;
  return (
    <div className="scroll" role="region" aria-label={WORDS.chart.asTable(title)} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // A chart's rows have no name of their own and never change places.
            <tr key={index}>
              <th scope="row">{cellText(first, row)}</th>
              {others.map((column) => (
                <td key={column.title}>
                  <data value={String(column.value(row) ?? '')}>{cellText(column, row)}</data>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
