/** What runs and files are called on the page. */
import { SCHEME_CHANGES, type SchemeChange } from '../../contract/schemeChanges.ts';
import { bitsName } from './format.ts';
import type { RunSettings } from '../../contract/run.ts';
import { WORDS } from '../words/words.ts';
import { bitsOf, type Entry } from '../state/contenders.ts';

/**
 * A scheme as people say it: "modern", "2021, a scale for each channel, ranges: 99.9th percentile". Its own name has each
 * change as an argument: see changedScheme.
 */
export function schemeInWords({
  scheme,
  method,
  file,
}: Pick<RunSettings, 'scheme' | 'file'> & Partial<RunSettings>): string {
  const [base, ...changes] = (scheme?.name ?? '').split('+');
  return [
    base,
    ...changes.map(changeInWords),
    ...(method === 'qat' ? [WORDS.schemeChoice.trained] : []),
    ...(file === undefined ? [] : [file]),
  ].join(', ');
}

function changeInWords(change: string): string {
  const { said, changes } = WORDS.schemeChoice;
  const at = change.indexOf(':');
  const [name, value] = [change.slice(0, at), change.slice(at + 1)];
  const known = SCHEME_CHANGES.find((each) => each === name);
  if (!known) return change;
  const { names } = changes[known];
  const valueName =
    names[value] ??
    value
      .split('/')
      .map((part) => names[part] ?? part)
      .join(', ');
  return said[known](value, valueName);
}

/** What is changed in a preset, in words; empty: nothing. */
export const changesInWords = (choice: Readonly<Record<SchemeChange, string>>): string =>
  SCHEME_CHANGES.filter((name) => choice[name])
    .map((name) => changeInWords(`${name}:${choice[name]}`))
    .join(', ');

/** "4 bits (modern)" or "32-bit float"; of a training it says so, of a file that was brought its name. */
export function nameOf(settings: Pick<RunSettings, 'scheme' | 'file'> & Partial<RunSettings>): string {
  return settings.scheme ? `${bitsName(settings.scheme.weightBits)} (${schemeInWords(settings)})` : bitsName(null);
}

export const contenderName = (entry: Entry): string =>
  (entry.settings.file === undefined ? WORDS.race.file : WORDS.race.brought)(bitsOf(entry));
