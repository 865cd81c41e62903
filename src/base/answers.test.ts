import { expect, test } from 'vitest';
import { crossEntropy, decide, hits, top1 } from './answers.ts';

test('decide takes the largest logit, the first of equals, and its softmax probability', () => {
  const { classes, confidences } = decide(Float32Array.from([0, Math.log(3), -50, 2, 2, -50]), 3);
  expect(Array.from(classes)).toEqual([1, 0]);
  expect(confidences[0]).toBeCloseTo(0.75, 5);
  expect(confidences[1]).toBeCloseTo(0.5, 5);
});

test('a hit is a class that is its label; labels beyond the classes do not count', () => {
  expect(hits([1, 0, 2], [1, 1, 2, 0])).toBe(2);
  expect(top1([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5);
});

test('the cross-entropy is that of the softmax, however large the logits', () => {
  expect(crossEntropy(Float32Array.from([Math.log(3), 0]), [0], 2)).toBeCloseTo(Math.log(4 / 3), 6);
  expect(crossEntropy(Float32Array.from([1000, 0, 0, 0]), [0, 1], 2)).toBeCloseTo(Math.log(2) / 2, 6);
});
