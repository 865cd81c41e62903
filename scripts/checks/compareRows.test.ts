import { expect, test } from 'vitest';
import { compareRows } from './compareRows.ts';

const ROW = { top1: 0.5, seconds: 1, commit: 'a', layers: [{ layer: 'fc', divergence: 0.1, seconds: 3 }] };

test('rows that differ in times and commit alone are equal', () => {
  const later = { ...ROW, seconds: 2, commit: 'b', layers: [{ layer: 'fc', divergence: 0.1, seconds: 4 }] };
  expect(compareRows([ROW], [later])).toEqual({ differences: [], added: [] });
});

test('a value that differs is named with its row and place, however deep and however little', () => {
  const later = { ...ROW, layers: [{ layer: 'fc', divergence: 0.1 + 2 ** -56, seconds: 3 }] };
  expect(compareRows([ROW], [later]).differences).toEqual([
    'row 1, layers[0].divergence: 0.1 before, 0.10000000000000002 after',
  ]);
  expect(compareRows([ROW, ROW], [ROW, { ...ROW, layers: {} }]).differences).toHaveLength(1);
  expect(compareRows([ROW], [{ ...ROW, top1: null }]).differences).toEqual(['row 1, top1: 0.5 before, null after']);
});

test('a key that is gone is a difference; a new one is listed', () => {
  const { top1, ...less } = ROW;
  expect(top1).toBe(0.5);
  expect(compareRows([ROW], [less]).differences).toEqual(['row 1, top1: 0.5 before, absent after']);
  const more = { ...ROW, engine: 'tfjs', layers: [{ ...ROW.layers[0], clip: 1 }] };
  expect(compareRows([ROW, ROW], [more, more])).toEqual({ differences: [], added: ['engine', 'layers[].clip'] });
});

test('rows and entries that are missing are counted', () => {
  expect(compareRows([ROW], []).differences).toEqual(['1 rows before, 0 after']);
  expect(compareRows([ROW], [{ ...ROW, layers: [] }]).differences).toEqual([
    'row 1, layers: 1 entries before, 0 after',
  ]);
});

test('keys that a comparison leaves out may differ', () => {
  expect(compareRows([ROW], [{ ...ROW, top1: 1 }], ['top1'])).toEqual({ differences: [], added: [] });
});
