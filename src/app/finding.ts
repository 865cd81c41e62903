/** The findings, put into words. Every figure in them was measured here. */
import { bitsName, count, percent, percentShort, points } from './format.ts';
import type { Summary } from './measurements.ts';

/** A run within this many points of float32 has kept its accuracy. */
const KEPT = 0.01;

/** What one bitwidth costs and saves: the sentence over the numbers. */
export function headline(float32: Summary | undefined, run: Summary | undefined): string {
  if (!float32) return 'How few bits does a neural network need?';
  const images = count(float32.settings.images);
  if (!run?.settings.scheme) return `In 32-bit floating point the network recognises ${percent(float32.top1)} of ${images} test images.`;
  const shown = count(run.settings.images);
  const difference = run.top1 - float32.top1;
  const bits = bitsName(run.settings.scheme.weightBits);
  const size = `${percentShort(run.sizeBytes / float32.sizeBytes)} of the size`;
  return `At ${bits} the network recognises ${percent(run.top1)} of ${shown} test images${comparedWith(difference)}, at ${size}.`;
}

function comparedWith(difference: number): string {
  const amount = points(Math.abs(difference)).replace('+', '');
  if (amount === '0.0') return ', as many as at 32 bits';
  return `, ${amount} ${amount === '1.0' ? 'point' : 'points'} ${difference < 0 ? 'fewer' : 'more'} than at 32 bits`;
}

/** What the measured bitwidths of one preset say together: the sentence over the chart. */
export function finding(float32: Summary | undefined, runs: readonly Summary[], chance: number): string {
  const measured = runs
    .flatMap((run) => (run.settings.scheme ? [{ bits: run.settings.scheme.weightBits, top1: run.top1, name: run.settings.scheme.name }] : []))
    .toSorted((a, b) => b.bits - a.bits);
  const [first] = measured;
  if (!float32 || !first) return 'The accuracy of every bitwidth appears here as it is measured.';
  const kept = measured.filter(({ top1 }) => top1 >= float32.top1 - KEPT).at(-1);
  const worst = measured.reduce((a, b) => (b.top1 < a.top1 ? b : a));
  const keeps = kept ? `${kept.bits} bits ${kept.top1 >= float32.top1 ? 'lose nothing' : `stay within a point of 32 bits`} (${percent(kept.top1)})` : '';
  const loses = worst.top1 < float32.top1 - KEPT ? `${worst.bits} bits fall to ${percent(worst.top1)}${nearChance(worst.top1, chance)}` : '';
  return `With the ${first.name} preset, ${[keeps, loses].filter(Boolean).join('; ')}.`;
}

function nearChance(top1: number, chance: number): string {
  return top1 < 2 * chance ? `, and guessing would give ${percentShort(chance)}` : '';
}
