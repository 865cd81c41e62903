import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agreementSection, readAgreementRows } from './agreement.ts';

const ROW = {
  weights: 'pets',
  dataset: 'imagenette',
  side: 224,
  scheme: 'modern+repair:gain',
  weightBits: 4,
  activationBits: 8,
  images: 200,
  calibrationImages: 512,
  seed: 1,
  agreement: 0.705,
  agreementInterval: [0.64, 0.764],
  kl: 0.4567,
  engine: 'fewbit',
  command: 'npm run --silent experiment -- --weights pets',
};

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fewbit-agreement-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (...rows: object[]): void =>
  writeFileSync(join(folder, 'agreement.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

test('each row is a line with its interval and divergence, and its command is named once', () => {
  write(ROW, { ...ROW, weightBits: 8 });
  const text = agreementSection(readAgreementRows(folder));
  expect(text).toContain('| pets | modern+repair:gain | w4a8 | 70.5% | 64.0% to 76.4% | 0.457 | 512 |');
  expect(text).toContain('| pets | modern+repair:gain | 8 | 70.5% |');
  expect(text.match(/--weights pets/g)).toHaveLength(1);
});

test('without rows there is no section; a row of accuracy is refused by its line', () => {
  expect(agreementSection(readAgreementRows(folder))).toBe('');
  write(ROW, { ...ROW, agreement: undefined });
  expect(() => readAgreementRows(folder)).toThrow('docs/results/agreement.jsonl, line 2: says no agreement');
});
