/** What runs and files are called on the page. */
import { bitsName } from './format.ts';
import type { RunSettings } from '../../contract/run.ts';
import { WORDS } from '../words/words.ts';
import { bitsOf, type Entry } from '../state/contenders.ts';

/** "4 bits (modern)" or "32-bit float"; of a file that was brought its name, too. */
export function nameOf({ scheme, file }: Pick<RunSettings, 'scheme' | 'file'>): string {
  return scheme
    ? `${bitsName(scheme.weightBits)} (${scheme.name}${file === undefined ? '' : `, ${file}`})`
    : bitsName(null);
}

export const contenderName = (entry: Entry): string =>
  (entry.settings.file === undefined ? WORDS.race.file : WORDS.race.brought)(bitsOf(entry));
