import { expect, test } from 'vitest';
import { bitPattern, decibels, real, share, signed, whole } from './numbers.ts';

test.each([
  [0, '0'],
  [0.0723, '0.0723'],
  [-2, '−2'],
  [1234.5, '1,230'],
  [0.0000123, '1.23 × 10⁻⁵'],
  [-3.5e-12, '−3.50 × 10⁻¹²'],
  [Infinity, '∞'],
  [-Infinity, '−∞'],
  [NaN, '–'],
])('%d is written %s', (x, text) => expect(real(x)).toBe(text));

test('signs, shares and decibels', () => {
  expect([signed(0.02), signed(-0.02), signed(0)]).toEqual(['+0.02', '−0.02', '0']);
  expect(whole(-8)).toBe('−8');
  expect([share(0.0482), share(0.00042)]).toEqual(['4.82%', '0.042%']);
  expect([decibels(21.26), decibels(-0.5), decibels(Infinity)]).toEqual(['21.3', '−0.5', '∞']);
});

test('codes as their bits: two’s complement where they are signed', () => {
  expect([bitPattern(-8, 4), bitPattern(7, 4), bitPattern(-1, 2), bitPattern(200, 8), bitPattern(-127, 8)]).toEqual([
    '1000',
    '0111',
    '11',
    '11001000',
    '10000001',
  ]);
});
