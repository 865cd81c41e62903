/** The numbers of a chart: one definition of columns draws the table on the page and writes its CSV file. */
import { csvText } from '../../base/tables/csv.ts';

/** One column: the number itself for the file, and how people read it. null: not known. */
export type Column<Row> = {
  readonly title: string;
  readonly value: (row: Row) => number | string | null;
  /** The cell as the page writes it; absent: the value as it is. */
  readonly text?: (row: Row) => string;
};

export type ChartTable<Row> = {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Where a row is from, where that is not where the others are from. */
  readonly provenance?: (row: Row) => string | undefined;
};

const DASH = '–';

/** One cell as the page writes it; what is not known is a dash. */
export function cellText<Row>({ value, text }: Column<Row>, row: Row): string {
  const known = value(row);
  if (known === null) return DASH;
  return text ? text(row) : String(known);
}

/**
 * The table as CSV, numbers in full.
 * @param provenance where the numbers are from, unless a row says another place: a last column, so that it travels with them
 */
export function csvOf<Row>(
  { columns, rows, provenance: ownOf }: ChartTable<Row>,
  provenance?: { readonly title: string; readonly text: string },
): string {
  const extra = provenance ? [provenance] : [];
  return csvText([
    [...columns, ...extra].map(({ title }) => title),
    ...rows.map((row) => [...columns.map(({ value }) => value(row)), ...extra.map(({ text }) => ownOf?.(row) ?? text)]),
  ]);
}
