import { expect, test } from 'vitest';
import { cellText, csvOf, type ChartTable } from './table.ts';

type Row = { readonly name: string; readonly share: number | null };

const table: ChartTable<Row> = {
  columns: [
    { title: 'Layer', value: ({ name }) => name },
    { title: 'Top-1', value: ({ share }) => share, text: ({ share }) => `${(100 * Number(share)).toFixed(0)}%` },
  ],
  rows: [
    { name: 'conv, "first"', share: 0.875 },
    { name: 'fc', share: null },
  ],
};

test('numbers go into the file in full, and are written short on the page', () => {
  expect(csvOf(table)).toBe('Layer,Top-1\r\n"conv, ""first""",0.875\r\nfc,\r\n');
  expect(table.rows.map((row) => cellText(table.columns[1], row))).toEqual(['88%', '–']);
  expect(cellText(table.columns[0], table.rows[1])).toBe('fc');
});

test('where the numbers are from travels with each row', () => {
  expect(csvOf(table, { title: 'provenance', text: 'here, 100 images' })).toContain('fc,,"here, 100 images"\r\n');
});

test('a row that is from elsewhere says so in its own line', () => {
  const provenance = ({ name }: Row) => (name === 'fc' ? 'recorded in May' : undefined);
  const csv = csvOf({ ...table, provenance }, { title: 'provenance', text: 'here' });
  expect(csv.split('\r\n').slice(1, 3)).toEqual(['"conv, ""first""",0.875,here', 'fc,,recorded in May']);
});

test('a name that looks like a formula is text, a negative number stays a number', () => {
  const rows = [{ name: '=HYPERLINK("x")', share: -0.5 }];
  expect(csvOf({ ...table, rows })).toBe('Layer,Top-1\r\n"\'=HYPERLINK(""x"")",-0.5\r\n');
});
