import { describe, expect, test } from 'vitest';
import { learningRate } from './schedule.ts';

describe('learning rates', () => {
  test('constant stays', () => expect(learningRate({ kind: 'constant' }, 0.3, 77, 100)).toBe(0.3));

  test('cosine starts at the peak, is half of it half way, and ends near zero', () => {
    const rate = (step: number): number => learningRate({ kind: 'cosine' }, 0.2, step, 1000);
    expect(rate(0)).toBe(0.2);
    expect(rate(500)).toBeCloseTo(0.1, 10);
    expect(rate(999)).toBeLessThan(1e-5);
  });

  test('one cycle rises from a tenth to the peak, then falls to near zero', () => {
    const rate = (step: number): number => learningRate({ kind: 'oneCycle', warmup: 0.25 }, 0.1, step, 1000);
    expect(rate(0)).toBeCloseTo(0.01, 10);
    expect(rate(250)).toBeCloseTo(0.1, 10);
    expect(rate(999)).toBeLessThan(1e-5);
    for (let step = 1; step < 1000; step++) expect(rate(step) > rate(step - 1)).toBe(step <= 250);
  });
});
