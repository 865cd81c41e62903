/** Rows as the marks of a chart, and a chart in words. */
import { max } from 'd3-array';
import type { Mark } from '../chart/BitChart.tsx';
import { bitsName } from './format.ts';
import type { Row } from '../state/measurements.ts';
import { perImage, summaryProvenance } from './provenance.ts';
import { WORDS } from '../words/words.ts';
import { wilson95 } from '../../contract/wilson.ts';

/** Top-1 with its 95% interval. */
export const accuracyMarks = (rows: readonly Row[]): readonly Mark[] =>
  rows.flatMap(({ bits, run }) =>
    run
      ? [
          {
            bits,
            value: run.top1,
            ...wilson95(run.top1, run.settings.images),
            ...(run.recorded ? { recorded: true, provenance: summaryProvenance(run) } : {}),
          },
        ]
      : [],
  );

/** Bytes. */
export const sizeMarks = (rows: readonly Row[]): readonly Mark[] =>
  rows.flatMap(({ bits, run }) =>
    run
      ? [
          {
            bits,
            value: run.sizeBytes,
            ...(run.recorded ? { recorded: true, provenance: summaryProvenance(run) } : {}),
          },
        ]
      : [],
  );

/** Milliseconds an image, 5th to 95th percentile. */
export const timeMarks = (rows: readonly Row[]): readonly Mark[] =>
  rows.flatMap(({ bits, time }) => {
    if (!time) return [];
    const { median, low, high } = perImage(time.latency);
    return [{ bits, value: median, low, high }];
  });

/** The top of the axis: the highest mark, its interval included. */
export const highest = (marks: readonly Mark[]): number => max(marks, ({ value, high }) => high ?? value) || 1e-9;

/** The chart for a screen reader. */
export function inWords(what: string, marks: readonly Mark[], format: (value: number) => string): string {
  if (marks.length === 0) return `${what}: ${WORDS.chart.empty}`;
  return `${what}. ${marks.map(({ bits, value }) => `${bitsName(bits)}: ${format(value)}`).join('; ')}.`;
}
