/** The numbers of a chart: one definition of columns draws the table on the page and writes its CSV file. */

/** One column: the number itself for the file, and how people read it. null: not known. */
export type Column<Row> = {
  readonly title: string;
  readonly value: (row: Row) => number | string | null;
  /** The cell as the page writes it; absent: the value as it is. */
  readonly text?: (row: Row) => string;
};

export type ChartTable<Row> = { readonly columns: readonly Column<Row>[]; readonly rows: readonly Row[] };

const DASH = '–';

/** One cell as the page writes it; what is not known is a dash. */
export function cellText<Row>({ value, text }: Column<Row>, row: Row): string {
  const known = value(row);
  if (known === null) return DASH;
  return text ? text(row) : String(known);
}

/** A spreadsheet runs text that looks like a formula. A quote before it keeps it text. Numbers need none. */
function csvField(value: number | string | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The table as CSV (RFC 4180: CRLF, quotes doubled), numbers in full.
 * @param provenance where the numbers are from: a last column of each row, so that it travels with them
 */
export function csvOf<Row>(
  { columns, rows }: ChartTable<Row>,
  provenance?: { readonly title: string; readonly text: string },
): string {
  const extra = provenance ? [provenance] : [];
  const lines = [
    [...columns, ...extra].map(({ title }) => csvField(title)),
    ...rows.map((row) => [
      ...columns.map(({ value }) => csvField(value(row))),
      ...extra.map(({ text }) => csvField(text)),
    ]),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
