/** Numbers as the results page writes them. */
import { datasetTitle, modelTitle } from '../../src/contract/catalogue.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import type { ResultRow } from './rows.ts';

export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** With one digit, where few images tell no more. */
export const shortPercent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** A difference of two shares in points, with its sign. */
export function points(difference: number): string {
  const rounded = (100 * difference).toFixed(2);
  return Number(rounded) < 0 ? rounded.replace('-', '−') : `+${rounded}`;
}

/** Points lost, without a sign where something is. */
export const lostPoints = (lost: number): string => (100 * lost).toFixed(2).replace('-', '−');

export function interval({ top1, images }: Pick<ResultRow, 'top1' | 'images'>): string {
  const { low, high } = wilson95(top1, images);
  return `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}`;
}

/** Where a number stands in the list of all rows. */
export const reference = ({ number }: ResultRow): string => `[row ${number}](#row-${number})`;

export const bitsOf = ({ weightBits, activationBits }: Pick<ResultRow, 'weightBits' | 'activationBits'>): string =>
  weightBits === activationBits ? String(weightBits) : `w${weightBits}a${activationBits}`;

export const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');

/** Of a network or a dataset; a name that the catalogue does not have is its own title. */
export const title = (name: string): string => datasetTitle(modelTitle(name));

/** A network's name, with which earlier training of it this was, or whose weights. */
export const editionTitle = (model: string, edition: string | null): string =>
  edition === null ? title(model) : `${title(model)} (${edition})`;
