/** Numbers that contradict a sentence get another one. */
import { expect, test } from 'vitest';
import { sizeFinding, timeFinding } from './costs.ts';

test.each([
  [142_000, 1_087_000, 'At 4 bits the weights take 142 kB, 7.7× less than at 32 bits.'],
  [1_087_000, 1_087_000, 'At 4 bits the weights take 1,087 kB, no less than the 1,087 kB at 32 bits.'],
  [1_200_000, 1_087_000, 'At 4 bits the weights take 1,200 kB, no less than the 1,087 kB at 32 bits.'],
])('size: %d of %d', (bytes, float32, sentence) => expect(sizeFinding(4, bytes, float32)).toBe(sentence));

test.each([
  [2, 4, 'At 4 bits an image takes 2.00 ms, at 32 bits 4.00 ms: 2.0× as fast.'],
  [4, 2, 'At 4 bits an image takes 4.00 ms, at 32 bits 2.00 ms: slower, 2.0× as long.'],
  [4, 4.1, 'At 4 bits an image takes 4.00 ms, at 32 bits 4.10 ms: about as long.'],
])('time: %d beside %d', (ms, float32, sentence) => expect(timeFinding(4, ms, float32)).toBe(sentence));
