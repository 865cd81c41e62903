import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctNames, hasUnseen, LONGEST_NAME, plainText } from './plainText.ts';

test.each([
  ['a turn of the direction of reading', 'cat\u202egpj.exe', 'catgpj.exe'],
  ['isolates', '\u2066dog\u2069', 'dog'],
  ['no width', 'c\u200bat\ufeff', 'cat'],
  ['lines and tabs', ' a\r\nb\tc ', 'a b c'],
  ['controls', 'a\u0000\u001b[31mb', 'a[31mb'],
  ['half a surrogate pair', 'a\ud800b', 'ab'],
  ['decomposed letters', 'e\u0301', '\u00e9'],
  ['nothing to see', '\u200b\u2060 \u3164', ''],
  ['joiners alone', '\u200d\u200c', ''],
])('%s: what is left is what is seen', (_, given, plain) => {
  expect(plainText(given)).toBe(plain);
});

test.each(['Größe', '猫', 'می‌خواهم', '👩‍🔬', 'great white shark, Carcharodon', 'a_b-c.d', '<b>', '🇫🇷'])(
  'honest names stay as they are: %s',
  (name) => expect(plainText(name)).toBe(name),
);

test('a tower of marks is cut to a letter with a few', () => {
  expect(plainText(`a${'\u0321'.repeat(200)}`)).toBe(`a${'\u0321'.repeat(4)}`);
});

test('text without an end ends in an ellipsis', () => {
  const cut = plainText('😀'.repeat(1_000_000), 10);
  expect(cut).toBe(`${'😀'.repeat(9)}…`);
});

test('plain text stays plain, in one line, and within its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const plain = plainText(text, 50);
      expect(plainText(plain, 50)).toBe(plain);
      expect([...plain].length).toBeLessThanOrEqual(50);
      expect(plain).not.toMatch(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

const refuse = (what: string): Error => new Error(what);

test('classes have names that can be told apart', () => {
  expect(distinctNames(['cat', 'dog\u200e'], refuse)).toEqual(['cat', 'dog']);
  expect(() => distinctNames(['cat', 'c\u200bat'], refuse)).toThrow('its classes 0 and 1 have the same name, "cat"');
  expect(() => distinctNames(['cat', '\u202e '], refuse)).toThrow('its class 1 has an empty name');
  expect(() => distinctNames(['a'.repeat(LONGEST_NAME + 1)], refuse)).toThrow('longer than 200 characters');
});

test('what cannot be seen is found', () => {
  expect(['a\u200b', '\u202ea', 'a\n', '\u0007'].map(hasUnseen)).toEqual([true, true, true, true]);
  expect([' a ', 'e\u0301', '猫'].map(hasUnseen)).toEqual([false, false, false]);
});
