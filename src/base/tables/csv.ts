/** Tables as CSV files (RFC 4180: CRLF, quotes doubled) that a spreadsheet opens without running anything in them. */

export type CsvValue = number | string | null;

/** A spreadsheet takes text that begins so for a formula, after blanks and in full width, too. */
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/u;

/** Numbers need no guard: a minus before digits computes nothing. A quote before text keeps it text. */
function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  // Semicolons and tabs part fields where a spreadsheet's language writes decimals with a comma.
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param lines the heads first; null: not known, an empty field */
export const csvText = (lines: readonly (readonly CsvValue[])[]): string =>
  lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
