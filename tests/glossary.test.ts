/** The page's technical words are words of docs/glossary.md, and each text of the page that needs one finds it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entryOf, piecesOf } from '../src/app/glossary/entry.ts';
import { entries } from '../src/app/words/glossary.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', 'docs', 'glossary.md'), 'utf8');

/** The rows of the table between two comments. */
function tableOf(name: string): readonly (readonly string[])[] {
  const [, table = ''] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- end -->`).exec(DOCUMENT) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.slice(2, -2).split(' | '));
}

test('the document has the words of the page, with the same meanings', () => {
  expect(tableOf('page')).toEqual(entries.map(({ term, meaning }) => [term, meaning]));
});

test('a word has one meaning: no spelling stands twice, and the code’s table repeats none', () => {
  const spellings = entries.flatMap(({ term, also = [] }) => [term, ...also]).map((spelling) => spelling.toLowerCase());
  expect(spellings.filter((spelling, i) => spellings.indexOf(spelling) !== i)).toEqual([]);
  const ofCode = tableOf('code').map(([word]) => word.toLowerCase());
  expect(ofCode.length).toBeGreaterThan(20);
  expect(ofCode.filter((word) => spellings.includes(word))).toEqual([]);
});

test('words stand in the order in which they are looked for, each with one sentence that has no full stop of its own', () => {
  const terms = entries.map(({ term }) => term);
  expect(terms).toEqual(terms.toSorted((a, b) => a.localeCompare(b, 'en')));
  for (const { term, meaning } of entries) expect(meaning, term).toMatch(/^\S.{15,130}[^.]$/);
});

const NEEDED =
  'top-1, preset, SQNR, KL, logits, calibrate, straight-through, WebAssembly, int8, dot product, per channel, zero point, scale';

test.each(NEEDED.split(', '))('%s is explained', (word) => expect(entryOf(word)).toBeDefined());

test('a text is marked where a word first stands, in its own spelling, and stays the same text', () => {
  const text = 'Top-1 accuracy in ONNX Runtime: scales, a scale for each channel, rescaled logits. 95% interval';
  const pieces = piecesOf(text);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  expect(pieces.flatMap(({ text: marked, entry }) => (entry ? [[marked, entry.term]] : []))).toEqual([
    ['Top-1 accuracy', 'top-1'],
    ['ONNX Runtime', 'ONNX Runtime'],
    ['scales', 'scale'],
    ['channel', 'channel'],
    ['logits', 'logits'],
    ['95% interval', '95% interval'],
  ]);
});
