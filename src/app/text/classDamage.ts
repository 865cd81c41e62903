/** What fewer bits do to each class: how many of its images are still recognised, or still answered as at 32 bits. */
import { count, percentShort, bitsName } from './format.ts';
import { WORDS, type Words } from '../words/words.ts';

/** The answers of one bitwidth, 32 first. */
export type Answered = { readonly bits: number | null; readonly predictions: Int32Array };

/** One class: of its images, the share that each bitwidth still answers with this class. */
export type ClassRow = {
  readonly label: number;
  readonly images: number;
  /** In the order of the bitwidths. */
  readonly kept: readonly number[];
};

/** Fewer images say little of a class. */
const ENOUGH = 5;

/** Classes that a sentence names. */
const NAMED = 3;

/**
 * Classes that have an image, those first that lose most at the fewest bits.
 * @param labels the class of each image, or the answer at 32 bits where nobody knows it
 */
export function damageOf(labels: Int32Array, answers: readonly Answered[]): readonly ClassRow[] {
  const images = Math.min(labels.length, ...answers.map(({ predictions }) => predictions.length));
  const rows = new Map<number, { images: number; kept: number[] }>();
  for (let image = 0; image < images; image++) {
    const label = labels[image];
    const row = rows.get(label) ?? { images: 0, kept: answers.map(() => 0) };
    row.images++;
    answers.forEach(({ predictions }, i) => (row.kept[i] += predictions[image] === label ? 1 : 0));
    rows.set(label, row);
  }
  const last = answers.length - 1;
  const lost = ({ kept }: ClassRow): number => kept[0] - kept[last];
  return [...rows]
    .map(([label, row]) => ({ label, images: row.images, kept: row.kept.map((each) => each / row.images) }))
    .toSorted((a, b) => lost(b) - lost(a) || a.label - b.label);
}

/** Images of one class that 32 bits answer with it and fewer bits do not. */
export function changedImages(
  label: number,
  labels: Int32Array,
  before: Int32Array,
  now: Int32Array,
): readonly number[] {
  const images = Array.from({ length: Math.min(labels.length, before.length, now.length) }, (_, image) => image);
  return images.filter((image) => labels[image] === label && before[image] === label && now[image] !== label);
}

/**
 * Which classes die first: at the most bits at which any has lost half of what 32 bits keep of it, and which these are.
 * @param answers 32 bits, then fewer and fewer
 * @param words of labels, or of agreement where nobody knows them
 */
export function damageFinding(
  rows: readonly ClassRow[],
  answers: readonly Answered[],
  classes: readonly string[],
  words: Words['damage'] = WORDS.damage,
): string {
  const counted = rows.filter(({ images, kept }) => images >= ENOUGH && kept[0] > 0);
  if (answers.length < 2) return words.nothingYet;
  if (counted.length === 0) return words.tooFew(count(ENOUGH));
  for (let i = 1; i < answers.length; i++) {
    const dead = counted.filter(({ kept }) => kept[i] < kept[0] / 2).toSorted((a, b) => a.kept[i] - b.kept[i]);
    if (dead.length === 0) continue;
    const names = dead.slice(0, NAMED).map(({ label, kept }) => words.left(classes[label], percentShort(kept[i])));
    return words.dieFirst(bitsName(answers[i].bits), names, dead.length - names.length, dead.length === counted.length);
  }
  return words.allLive(bitsName(answers[answers.length - 1].bits));
}
