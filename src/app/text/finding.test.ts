import { describe, expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { Bits } from '../../quant/types.ts';
import { finding, headline } from './finding.ts';
import type { RunResult } from '../../contract/run.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1000, seed: 1 };
const float32 = { settings: float32Settings(workload), top1: 0.913, sizeBytes: 1_084_000 } as RunResult;
const at = (bits: Bits, top1: number) =>
  ({ settings: ptqSettings(workload, 'modern', bits), top1, sizeBytes: 35_000 * bits }) as RunResult;

describe('the headline', () => {
  test('asks before it knows', () =>
    expect(headline(undefined, at(4, 0.5))).toBe('How few bits does a neural network need?'));

  test('says what float32 does', () =>
    expect(headline(float32, undefined)).toBe(
      'In 32-bit floating point the network recognises 91.3% of 1,000 test images.',
    ));

  test.each([
    [
      at(4, 0.884),
      'At 4 bits the network recognises 88.4% of 1,000 test images, 2.9 points fewer than at 32 bits, at 13% of the size.',
    ],
    [
      at(8, 0.913),
      'At 8 bits the network recognises 91.3% of 1,000 test images, as many as at 32 bits, at 26% of the size.',
    ],
    [
      at(8, 0.923),
      'At 8 bits the network recognises 92.3% of 1,000 test images, 1.0 point more than at 32 bits, at 26% of the size.',
    ],
    [
      at(8, 0.9129),
      'At 8 bits the network recognises 91.3% of 1,000 test images, hardly fewer than at 32 bits, at 26% of the size.',
    ],
  ])('compares a bitwidth with it', (run, sentence) => expect(headline(float32, run)).toBe(sentence));
});

describe('the finding', () => {
  test('waits for a measurement', () => {
    expect(finding(undefined, [], 0.1)).toMatch(/as it is measured/);
    expect(finding(float32, [], 0.1)).toMatch(/as it is measured/);
  });

  test('names the fewest bits that keep the accuracy and the worst fall', () => {
    const runs = [at(2, 0.11), at(8, 0.914), at(5, 0.905), at(4, 0.88)];
    expect(finding(float32, runs, 0.1)).toBe(
      'With the modern preset, 5 bits stay within a point of 32 bits (90.5%); 2 bits fall to 11.0%, and guessing would give 10%.',
    );
  });

  test('few images cannot tell a small loss from none', () => {
    const of = (run: RunResult) => ({ ...run, settings: { ...run.settings, images: 100 } });
    expect(finding(of(float32), [of(at(4, 0.88))], 0.1)).toBe(
      'With the modern preset, 4 bits have 88.0%, which 100 images cannot tell from 32 bits.',
    );
    expect(finding(of(float32), [of(at(4, 0.5))], 0.1)).toBe('With the modern preset, 4 bits fall to 50.0%.');
    expect(finding(float32, [at(4, 0.88)], 0.1)).toBe('With the modern preset, 4 bits fall to 88.0%.');
  });

  test('says only what was seen', () => {
    expect(finding(float32, [at(8, 0.914)], 0.1)).toBe('With the modern preset, 8 bits lose nothing (91.4%).');
    expect(finding(float32, [at(3, 0.7)], 0.1)).toBe('With the modern preset, 3 bits fall to 70.0%.');
  });
});

describe('where nobody knows the right answers', () => {
  const unlabelled = (run: RunResult) =>
    ({ ...run, settings: { ...run.settings, against: 'float' }, top1: run === float32 ? 1 : run.top1 }) as RunResult;

  test('the headline speaks of answers alike, never of recognising', () => {
    expect(headline(unlabelled(float32), unlabelled(at(4, 0.635)))).toBe(
      'At 4 bits the network answers 63.5% of 1,000 images as it does in 32 bits, at 13% of the size.',
    );
  });

  test.each([
    [[at(8, 1)], 'With the modern preset, 8 bits answer every image as 32 bits do.'],
    [[at(8, 0.995)], 'With the modern preset, 8 bits agree with 32 bits on all but a point (99.5%).'],
    [[at(8, 0.92)], 'With the modern preset, 8 bits agree on 92.0%.'],
  ])('the finding follows the numbers', (runs, sentence) =>
    expect(finding(unlabelled(float32), runs.map(unlabelled), 0.1)).toBe(sentence),
  );
});
