import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labSection, readLabRows } from './lab.ts';

const ROW = { model: 'resnet20', images: 1000, cores: 2, load: 2, commit: 'c0ffee', command: 'npx tsx bench/x.ts' };
const EVALUATION = { bench: 'evaluation', what: 'quantized', ...ROW, medianMs: 400, p95Ms: 500, maxMs: 600, runs: 21 };
const PREVIEW = {
  bench: 'preview',
  ...ROW,
  images: 64,
  medianMs: 70,
  p95Ms: 90,
  maxMs: 95,
  moves: 12,
  waitMs: 1,
  answerMs: 2,
  workMs: 60,
  drawMs: 5,
};

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fewbit-lab-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, ...rows: object[]): void =>
  writeFileSync(join(folder, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

test('what is expected is compared with its own number, and the last row of each kind counts', () => {
  write('evaluation.jsonl', { ...EVALUATION, medianMs: 9000 }, EVALUATION, { ...EVALUATION, what: 'cancel' });
  write('preview.jsonl', PREVIEW);
  const text = labSection(readLabRows(folder));
  expect(text).toContain('| 400 | 500 | 600 | 21 | median at most 1,500: holds | 2 on 2 cores |');
  expect(text).toContain('| longest at most 50: short |');
  expect(text).toContain('| 70 | 90 | 95 | 12 | 95% at most 80: short |');
  expect(text).toContain('1 until the preview is asked for, 2 on the way');
  expect(text).not.toContain('9000');
});

test('without rows there is no section, and a row of another script is refused by its line', () => {
  expect(labSection(readLabRows(folder))).toBe('');
  write('preview.jsonl', PREVIEW, EVALUATION);
  expect(() => readLabRows(folder)).toThrow('docs/results/preview.jsonl, line 2: is no row of bench/preview.ts.');
});
