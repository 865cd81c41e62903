import { describe, expect, test } from 'vitest';
import { classesOf, epsilonOf, inputSizeOf, normalizationOf } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';

const FILE = 'model.safetensors';

describe('normalizationOf', () => {
  test('reads mean and std', () => {
    const metadata = { mean: '[0.1, 0.2, 0.3]', std: '[1,2,3e-1]' };
    const expected = { mean: [0.1, 0.2, 0.3], std: [1, 2, 0.3] };
    expect(normalizationOf(metadata, IMAGENET_NORMALIZATION, FILE)).toEqual(expected);
  });

  test('falls back only where the file says nothing', () => {
    expect(normalizationOf({ format: 'pt' }, IMAGENET_NORMALIZATION, FILE)).toBe(IMAGENET_NORMALIZATION);
    expect(() => normalizationOf({}, null, FILE)).toThrow('model.safetensors does not say how its input is normalized');
  });

  test.each<[string, Metadata, RegExp]>([
    ['a mean alone', { mean: '[0,0,0]' }, /has a mean without a std/],
    ['a std alone', { std: '[1,1,1]' }, /has a std without a mean/],
    ['two channels', { mean: '[0,0]', std: '[1,1,1]' }, /mean is \[0,0\], but must be three numbers/],
    ['a number', { mean: '[0,0,0]', std: '1' }, /std is 1, but must be three numbers/],
    ['a text', { mean: '["a",0,0]', std: '[1,1,1]' }, /mean is \["a",0,0\], but must be three/],
    ['a null', { mean: '[null,0,0]', std: '[1,1,1]' }, /mean is \[null,0,0\], but must be three/],
    ['no JSON', { mean: '(0, 0, 0)', std: '[1,1,1]' }, /mean is not JSON: \(0, 0, 0\)/],
    ['a deviation of zero', { mean: '[0,0,0]', std: '[1,0,1]' }, /std is \[1,0,1\], but must be above zero/],
  ])('refuses %s and names the file', (_, metadata, message) => {
    const read = () => normalizationOf(metadata, IMAGENET_NORMALIZATION, FILE);
    expect(read).toThrow(message);
    expect(read).toThrow(/^model\.safetensors/);
  });
});

test('classes are a list of names, or none', () => {
  expect(classesOf({ classes: '["cat","dog"]' }, FILE)).toEqual(['cat', 'dog']);
  expect(classesOf({}, FILE)).toBeNull();
  expect(() => classesOf({ classes: '["cat",1]' }, FILE)).toThrow(/^model\.safetensors: .* not a list of names/);
  expect(() => classesOf({ classes: 'cat' }, FILE)).toThrow(/classes is not JSON: cat/);
});

test('epsilon is between 0 and 1, or absent', () => {
  expect(epsilonOf({ eps: '1e-5' }, FILE)).toBe(1e-5);
  expect(epsilonOf({}, FILE)).toBeNull();
  for (const eps of ['0', '-1', '1', '', 'small', 'Infinity'])
    expect(() => epsilonOf({ eps }, FILE)).toThrow(`model.safetensors: its metadata's eps is "${eps}"`);
});

test('input size is a whole number of pixels, or absent', () => {
  expect(inputSizeOf({ inputSize: '224' }, FILE)).toBe(224);
  expect(inputSizeOf({}, FILE)).toBeNull();
  for (const inputSize of ['0', '-32', '32.5', '1025', '', '32px'])
    expect(() => inputSizeOf({ inputSize }, FILE)).toThrow(`${FILE}: its metadata's inputSize is "${inputSize}"`);
});
