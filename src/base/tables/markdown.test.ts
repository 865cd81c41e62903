import { expect, test } from 'vitest';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';

test('text stands as it is: no cell is parted, nothing is a link or a tag', () => {
  expect(markdownText('a|b')).toBe('a\\|b');
  expect(markdownText('[x](http://y) <b> ![i](j)\nz')).toBe('\\[x\\](http://y) \\<b\\> \\!\\[i\\](j) z');
  expect(markdownText('cifar10-sample, 32 px')).toBe('cifar10-sample, 32 px');
});

test('code keeps its backquotes inside a longer fence', () => {
  expect(markdownCode('npm run a')).toBe('`npm run a`');
  expect(markdownCode('a `b` | c')).toBe('`` a `b` \\| c ``');
});

test('a table has its line of dashes', () => {
  expect(
    markdownTable([
      ['a', 'b'],
      ['1', '2'],
    ]),
  ).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |\n');
});
