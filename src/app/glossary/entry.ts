/** Finds the technical words of a text: which parts of it the glossary explains. */
import { entries, type Entry } from '../words/glossary.ts';

/** Lower case: a word may open a sentence. */
const BY_SPELLING: ReadonlyMap<string, Entry> = new Map(
  entries.flatMap((entry) => [entry.term, ...(entry.also ?? [])].map((spelling) => [spelling.toLowerCase(), entry])),
);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The longest spelling first: "ONNX Runtime" is not "ONNX". */
const MARKED = new RegExp(
  `(?<![\\p{L}\\p{N}-])(${entries
    .filter(({ common }) => !common)
    .flatMap(({ term, also = [] }) => [term, ...also])
    .toSorted((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** The entry of a word, however it is spelled. */
export const entryOf = (word: string): Entry | undefined => BY_SPELLING.get(word.toLowerCase());

/** A piece of a text; with `entry`, a technical word. */
export type Piece = { readonly text: string; readonly entry?: Entry };

/**
 * The pieces of a text, in order; together they are the text. Each technical word is marked where it first stands.
 * @param known entries that were marked already; those of this text are added
 */
export function piecesOf(text: string, known: Set<Entry> = new Set()): readonly Piece[] {
  return text.split(MARKED).map((part, i) => {
    // The pattern has one group: every other part is a word.
    const entry = i % 2 === 1 ? entryOf(part) : undefined;
    if (!entry || known.has(entry)) return { text: part };
    known.add(entry);
    return { text: part, entry };
  });
}

/** The technical words of a text. */
export function wordsOf(text: string): ReadonlySet<Entry> {
  const found = new Set<Entry>();
  piecesOf(text, found);
  return found;
}
