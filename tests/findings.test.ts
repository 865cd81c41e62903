/** Every sentence that says what was found has a test that contradicts it: a new one fails here until it has, too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WORDS } from '../src/app/words/words.ts';

/** The test in which numbers that contradict a sentence get another one, by the sentence's place in the words. */
const CONTRADICTED: Readonly<Record<string, string>> = {
  'agreement.bill.billFinding': 'screens/bill/points.test.ts',
  'agreement.experiments.confusionFinding': 'text/wordsOfFindings.test.ts',
  'agreement.experiments.flipsFinding': 'text/wordsOfFindings.test.ts',
  'agreement.findings': 'text/finding.test.ts',
  'bill.sizeFinding': 'text/costs.test.ts',
  'bill.timeFinding': 'text/costs.test.ts',
  'bill.billFinding': 'screens/bill/points.test.ts',
  'clip.finding': 'screens/layers/findings.test.ts',
  'clip.findingHardly': 'screens/layers/findings.test.ts',
  'clip.findingWhole': 'screens/layers/findings.test.ts',
  'experiments.finding': 'text/wordsOfFindings.test.ts',
  'experiments.curveFinding': 'text/wordsOfFindings.test.ts',
  'experiments.confusionFinding': 'text/wordsOfFindings.test.ts',
  'experiments.flipsFinding': 'text/wordsOfFindings.test.ts',
  findings: 'text/finding.test.ts',
  'layers.stripFinding': 'screens/layers/findings.test.ts',
  'layers.channelsFinding': 'screens/layers/findings.test.ts',
  'layers.equalization.finding': 'screens/layers/findings.test.ts',
  'layers.mapsFinding': 'text/wordsOfFindings.test.ts',
  'layers.worst': 'text/layerRanking.test.ts',
  'race.findings': '../lab/race/findings.test.ts',
  'race.chartFinding': 'text/raceChart.test.ts',
  'race.chartFindingAlike': 'text/raceChart.test.ts',
  'race.chartFindingOne': 'text/raceChart.test.ts',
  'snap.finding': 'text/wordsOfFindings.test.ts',
  'staircase.outcome': 'text/trainingOutcome.test.ts',
  'staircase.stairs.finding': 'text/wordsOfFindings.test.ts',
  'staircase.slopes.finding': 'text/wordsOfFindings.test.ts',
  'staircase.drift.finding': 'text/wordsOfFindings.test.ts',
};

/** Sentences of findings whose names do not say so. */
const ALSO = ['layers.worst', 'staircase.outcome'];

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const findingsIn = (table: Readonly<Record<string, unknown>>, at: readonly string[] = []): readonly string[] =>
  Object.entries(table).flatMap(([key, value]) => [
    ...(/finding/i.test(key) ? [[...at, key].join('.')] : []),
    ...(isTable(value) ? findingsIn(value, [...at, key]) : []),
  ]);

test('each finding names the test that contradicts it', () => {
  expect([...findingsIn(WORDS), ...ALSO].toSorted()).toEqual(Object.keys(CONTRADICTED).toSorted());
});

test.each([...new Set(Object.values(CONTRADICTED))])('%s has sentences that follow the numbers', (path) => {
  const text = readFileSync(join(import.meta.dirname, '..', 'src', 'app', path), 'utf8');
  expect(text.match(/expect\(/g)?.length ?? 0).toBeGreaterThan(0);
});
