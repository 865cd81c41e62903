/** Times that contradict a sentence get another one. */
import { expect, test } from 'vitest';
import { raceChartFinding } from './raceChart.ts';

const row = (name: string, medianMs: number, spread = 0.1) => ({
  name,
  medianMs,
  lowMs: medianMs - spread,
  highMs: medianMs + spread,
});

test.each([
  [[row('float32', 2), row('8 bits', 1)], 'Fastest: 8 bits, 1.00 ms a run. Slowest: float32, 2.00 ms.'],
  [[row('float32', 1), row('8 bits', 2)], 'Fastest: float32, 1.00 ms a run. Slowest: 8 bits, 2.00 ms.'],
  [
    [row('float32', 1, 1), row('8 bits', 2, 1)],
    'From 1.00 ms to 2.00 ms a run: the 95% intervals overlap, so none can be called the fastest.',
  ],
  [[row('8 bits', 1)], '8 bits: 1.00 ms a run.'],
])('%#', (rows, sentence) => expect(raceChartFinding(rows, ({ name }) => name)).toBe(sentence));
