import { expect, test } from 'vitest';
import { bitsName, count, kilobytes, millions, milliseconds, percent, percentShort, points, times } from './format.ts';

test('numbers as the page writes them', () => {
  expect(percent(0.9173)).toBe('91.7%');
  expect(percentShort(0.9173)).toBe('92%');
  expect(points(-0.0291)).toBe('\u22122.9');
  expect(points(0.004)).toBe('+0.4');
  expect(points(-0.0004)).toBe('0.0');
  expect(kilobytes(1_084_468)).toBe('1,084 kB');
  expect(milliseconds(1.2345)).toBe('1.23 ms');
  expect(milliseconds(123.45)).toBe('123 ms');
  expect(times(3.96)).toBe('4.0\u00d7');
  expect(millions(272_474)).toBe('0.27 M');
  expect(millions(40_810_000)).toBe('41 M');
  expect(millions(934_400_000)).toBe('934 M');
  expect(millions(4_089_000_000)).toBe('4,089 M');
  expect(count(12345)).toBe('12,345');
  expect(bitsName(4)).toBe('4 bits');
  expect(bitsName(null)).toBe('32-bit float');
});
