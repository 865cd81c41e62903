/** The findings, put into words. Every figure in them was measured. */
import { bitsName, count, percent, percentShort, points } from './format.ts';
import { schemeInWords } from './names.ts';
import { WORDS, type Words } from '../words/words.ts';
import { spoken } from '../words/spoken.ts';
import { toldApart } from '../../contract/wilson.ts';
import type { Summary } from '../recorded/records.ts';

/** A run within this many points of float32 has kept its accuracy. */
const KEPT = 0.01;

/** What one bitwidth costs and saves: the sentence over the numbers. */
export function headline(float32: Summary | undefined, run: Summary | undefined): string {
  const words = spoken(run?.settings.against ?? float32?.settings.against).findings;
  if (!float32) return words.opening;
  if (!run?.settings.scheme) return words.float32(percent(float32.top1), count(float32.settings.images));
  const share = percentShort(run.sizeBytes / float32.sizeBytes);
  return words.headline(
    bitsName(run.settings.scheme.weightBits),
    percent(run.top1),
    count(run.settings.images),
    comparedWith(run.top1 - float32.top1),
    share,
  );
}

function comparedWith(difference: number): string {
  const amount = points(Math.abs(difference)).replace('+', '');
  const words = WORDS.findings;
  if (difference === 0) return words.alike;
  return amount === '0.0' ? words.nearlyAlike(difference < 0) : words.differs(amount, difference < 0);
}

/** What the measured bitwidths of one preset say together: the sentence over the chart. */
export function finding(float32: Summary | undefined, runs: readonly Summary[], chance: number): string {
  const measured = runs
    .flatMap((run) =>
      run.settings.scheme
        ? [{ bits: run.settings.scheme.weightBits, top1: run.top1, name: schemeInWords(run.settings) }]
        : [],
    )
    .toSorted((a, b) => b.bits - a.bits);
  const [first] = measured;
  const words = spoken(float32?.settings.against).findings;
  if (!float32 || !first) return words.nothingYet;
  const kept = measured.filter(({ top1 }) => top1 >= float32.top1 - KEPT).at(-1);
  const worst = measured.reduce((a, b) => (b.top1 < a.top1 ? b : a));
  const keeps =
    kept && (kept.top1 >= float32.top1 ? words.loseNothing : words.stay)(bitsName(kept.bits), percent(kept.top1));
  const { images } = float32.settings;
  const loses =
    worst.top1 < float32.top1 - KEPT &&
    (toldApart(worst.top1, float32.top1, images)
      ? `${words.fall(bitsName(worst.bits), percent(worst.top1))}${nearChance(worst.top1, chance, words)}`
      : words.perhapsFewer(bitsName(worst.bits), percent(worst.top1), count(images)));
  return words.ofPreset(
    first.name,
    [keeps, loses].filter((part) => typeof part === 'string'),
  );
}

const nearChance = (top1: number, chance: number, words: Words['findings']): string =>
  top1 < 2 * chance ? words.nearChance(percentShort(chance)) : '';
