/** Which file is fastest, and whether the race could tell. */
import type { RaceRow } from '../../contract/calls/race.ts';
import { WORDS } from '../words/words.ts';
import { milliseconds } from './format.ts';

type Timed = Pick<RaceRow, 'medianMs' | 'lowMs' | 'highMs'>;

/** @param rows of one lane and batch, one or more @param nameOf as the chart calls it */
export function raceChartFinding<Row extends Timed>(rows: readonly Row[], nameOf: (row: Row) => string): string {
  const words = WORDS.race;
  const inOrder = rows.toSorted((a, b) => a.medianMs - b.medianMs);
  const [fastest, slowest] = [inOrder[0], inOrder[inOrder.length - 1]];
  const [quick, slow] = [milliseconds(fastest.medianMs), milliseconds(slowest.medianMs)];
  if (rows.length === 1) return words.chartFindingOne(nameOf(fastest), quick);
  if (slowest.lowMs <= fastest.highMs) return words.chartFindingAlike(quick, slow);
  return words.chartFinding(nameOf(fastest), quick, nameOf(slowest), slow);
}
