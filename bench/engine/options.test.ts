import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('by default all networks, both processors, one and two threads, without LiteRT.js', () => {
  expect(parseOptions([])).toEqual({
    models: ['resnet8', 'resnet20', 'resnet18', 'resnet50'],
    seconds: 10,
    litert: null,
    races: [1, 2],
    processors: ['vnni', 'plain'],
  });
});

test('what is named is taken, in the order of the list', () => {
  const args = ['--models', 'resnet18, resnet8', '--seconds', '0.5', '--litert', 'tiny', '--threads', '1'];
  expect(parseOptions([...args, '--processors', 'plain'])).toEqual({
    models: ['resnet8', 'resnet18'],
    seconds: 0.5,
    litert: 'tiny',
    races: [1],
    processors: ['plain'],
  });
});

test.each([
  [['--models', 'resnet18,resnet34'], /--models resnet18,resnet34: "resnet34" is none of resnet8, resnet20/],
  [['--seconds', '0'], /--seconds 0: it must be a number above 0/],
  [['--seconds', 'ten'], /--seconds ten/],
  [['--threads', '4'], /--threads 4: "4" is none of 1, 2/],
  [['--processors', 'arm'], /--processors arm/],
])('%j is refused with a sentence', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
