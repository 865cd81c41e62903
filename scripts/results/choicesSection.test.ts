import { expect, test } from 'vitest';
import { choicesSection, type ChoiceRow } from './choicesSection.ts';

const row = (value: string, bits: number, repair: string, agreement: number): ChoiceRow => ({
  kind: 'choice',
  knob: 'range of the weights',
  value,
  model: 'resnet20',
  dataset: 'cifar10',
  bits,
  repair,
  agreement,
  imagesApart: 5000,
  command: 'npx tsx x',
});

test('says what chose each default, and of the ranges which kept more answers at each width, alone and repaired', () => {
  const section = choicesSection([
    row('minmax', 4, 'none', 0.951),
    row('mse', 4, 'none', 0.94),
    row('minmax', 4, 'gain', 0.96),
    row('mse', 4, 'gain', 0.961),
  ]);
  expect(section).toContain('| 4 | none | **95.1%** | 94.0% |');
  expect(section).toContain('| 4 | gain | 96.0% | **96.1%** |');
  expect(section).toContain('ResNet-20');
  expect(section).toContain('5,000 training images, none of which calibrated it');
  expect(section).toMatch(/Training at 2 bits.*the test images of CIFAR-10/);
});

test('without rows there is no section', () => {
  expect(choicesSection([])).toBe('');
});
