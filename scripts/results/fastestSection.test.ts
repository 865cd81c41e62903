import { expect, test } from 'vitest';
import { fastestSection, type FastestRow } from './fastestSection.ts';

const row: FastestRow = {
  chosen: 'the fastest within a point',
  model: 'resnet20',
  dataset: 'cifar10',
  side: 32,
  within: 1,
  scheme: 'modern+repair:gain+mixed:3.10',
  activationBits: 4,
  images: 10_000,
  imagesApart: 2000,
  float32Top1: 0.91,
  top1: 0.8975,
  tried: [
    { scheme: 'modern+repair:gain+mixed:2.40', activationBits: 3, predictedMs: 0.8, lostApart: 4.25 },
    { scheme: 'modern+repair:gain+mixed:3.10', activationBits: 4, predictedMs: 0.95, lostApart: 0.6 },
  ],
  medianMs: { float32: 4, w8a8: 1.9, w4a4: 1, taken: 0.98 },
  timesFaster: 4.08,
  rounds: 60,
  sizeBytes: 111_400,
  device: 'somewhere, 1 thread',
  command: 'npx tsx x',
};

test('says what was taken, why, what lost more, and how much faster it is', () => {
  const section = fastestSection([row]);
  expect(section).toContain(
    '3.10 bits a weight on average, activations at 4: 89.75% of 10,000 test images, 1.25 points less',
  );
  expect(section).toContain('at most 1 point on 2,000 training images kept apart');
  expect(section).toContain('| 3 | 2.40 | 0.800 | 4.25 |');
  expect(section).toContain('4.1 times as fast as float32');
});

test('without rows there is no section', () => {
  expect(fastestSection([])).toBe('');
});
