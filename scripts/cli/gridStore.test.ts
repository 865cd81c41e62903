import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileStore } from './gridStore.ts';

function storeOf(...records: readonly unknown[]) {
  const file = join(mkdtempSync(join(tmpdir(), 'fewbit-grid-')), 'rows.jsonl');
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return fileStore(file);
}

const row = { key: 'a', top1: 0.5, labels: '0123', predictions: '0199' };

test('rows whose top-1 follows from their predictions are read, those that keep none too', async () => {
  const records = [row, { key: 'b', top1: 0.7 }, { key: 'c', error: 'no images' }];
  expect(await storeOf(...records).load()).toEqual(records);
});

test.each([
  ['another top-1', { ...row, top1: 0.9 }, /line 2 says a top-1 of 0.9, but its predictions give 0.5: it was altered/],
  ['fewer labels', { ...row, labels: '01' }, /line 2 says a top-1 of 0.5, but its predictions give 0/],
])('a row with %s is refused, by its line', async (_, wrong, sentence) => {
  await expect(storeOf(row, wrong).load()).rejects.toThrow(sentence);
});
