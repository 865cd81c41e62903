import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText } from './csv.ts';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '=HYPERLINK("x";"y")'])(
  '%j is text in a spreadsheet',
  (text) => expect(csvText([[text]]).replace(/^"/, '')).toMatch(/^'/),
);

test('numbers stay numbers, what is not known is empty', () => {
  expect(
    csvText([
      ['a', 'b'],
      [-0.5, null],
      [1e-7, 'x;y'],
    ]),
  ).toBe('a,b\r\n-0.5,\r\n1e-7,"x;y"\r\n');
});

/** Fields as a spreadsheet splits them. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/gs)]
    .map(([, text]) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text))
    .slice(0, -1);

test('any two texts come back as they were, but for the guard', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (one, other) => {
      const line = csvText([[one, other]]).slice(0, -2);
      expect(
        fieldsOf(`${line},`)
          .slice(0, 2)
          .map((text) => text.replace(/^'/, '')),
      ).toEqual([one, other].map((text) => text.replace(/^'/, '')));
    }),
  );
});
