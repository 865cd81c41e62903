import { expect, test } from 'vitest';
import { ACCURACY } from '../testing/accuracySaid.ts';
import { spoken } from './spoken.ts';
import type { WORDS } from './words.ts';

/** Parts that speak of what was measured. */
const PARTS = [
  'bill',
  'damage',
  'experiments',
  'findings',
  'images',
  'layers',
  'look',
  'modelAbsent',
  'results',
  'snap',
  'story',
] as const;

/** What is said of a training, which only labels allow. */
const OF_TRAINING = /^experiments\.(?:curve|curveFinding|accuracy)$/;

/** Every sentence of a part by its place; those with numbers in them have signs for these. */
function sentences(words: unknown, place: string): readonly (readonly [place: string, said: string])[] {
  if (typeof words === 'string') return [[place, words]];
  if (typeof words === 'function') {
    // A list is a sign, too, and a sentence that takes one goes on.
    const said: unknown = (words as (...args: unknown[]) => unknown)(...['A', 'B', 'C', 'D', 'E', 'F'].map((a) => [a]));
    return [[place, String(said)]];
  }
  return Object.entries(words as object).flatMap(([name, each]) => sentences(each, `${place}.${name}`));
}

const foundIn = (words: typeof WORDS): readonly string[] =>
  [
    ...PARTS.flatMap((part) => sentences(words[part], part)),
    ...sentences(words.shell.readouts, 'shell.readouts'),
    ...sentences(words.data.file, 'data.file'),
    ...sentences(words.screens.bill, 'screens.bill'),
  ]
    .filter(([place, said]) => ACCURACY.test(said) && !OF_TRAINING.test(place))
    .map(([place, said]) => `${place}: ${said}`);

test('no sentence on agreement has a word of accuracy', () => expect(foundIn(spoken('float'))).toEqual([]));

test('the words of accuracy are found where there are some', () =>
  expect(foundIn(spoken(undefined)).length).toBeGreaterThan(20));
