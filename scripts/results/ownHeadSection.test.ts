import { expect, test } from 'vitest';
import { ownHeadSection, type OwnHeadRow } from './ownHeadSection.ts';

const about = { weights: 'crops', dataset: 'imagenette', side: 224, trainImages: 5000, seed: 1, command: 'npx tsx x' };
const run = (scheme: string | null, weightBits: number, accuracy: number): OwnHeadRow => ({
  ...about,
  kind: 'run',
  method: scheme === null ? 'float32' : 'ptq',
  scheme,
  weightBits,
  activationBits: weightBits,
  images: 1000,
  calibrationImages: 512,
  accuracy,
  interval: { low: accuracy - 0.01, high: accuracy + 0.01 },
  sizeBytes: 451_568,
});
const head: OwnHeadRow = {
  ...about,
  kind: 'head',
  features: 1280,
  chosen: { decay: 0.1, rate: 0.01, epochs: 30 },
  choices: [
    { decay: 0.1, rate: 0.01, accuracy: 0.963 },
    { decay: 0.01, rate: 0.01, accuracy: 0.96 },
  ],
  apartImages: 1000,
  headSeconds: 6.2,
};

test('says what each setting gives, how far it is from 32 bits, and what channels and equalization are worth', () => {
  const section = ownHeadSection([
    head,
    run(null, 32, 0.945),
    run('modern', 8, 0.94),
    run('modern+granularity:tensor', 8, 0.204),
    run('2021', 8, 0.311),
    run('2021+repair:cle', 8, 0.744),
  ]);
  expect(section).toContain('| modern | 8 | 94.0% | 93.0% to 95.0% | −0.5 | 452 |');
  expect(section).toContain('| per channel instead of per tensor, 8 bits, modern | 20.4% | 94.0% | +73.6 |');
  expect(section).toContain('| equalization, 8 bits, 2021 | 31.1% | 74.4% | +43.3 |');
  expect(section).toContain('(96.3% right)');
});

test('there is none without rows', () => {
  expect(ownHeadSection([])).toBe('');
});
