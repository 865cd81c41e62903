/** Sentences that choose their words themselves: numbers that contradict one get another. */
import { expect, test } from 'vitest';
import { photosFinding } from '../screens/classify/ClassifyScreen.tsx';
import { WORDS } from '../words/words.ts';

test('what the photos show', () => {
  expect(photosFinding(3, 0, 4, '32-bit float')).toBe('Every bitwidth gives each of 3 photos the same name.');
  expect(photosFinding(3, 1, 4, '32-bit float')).toBe(
    'On 1 of 3 photos some bitwidth names something else than 32-bit float: marked ≠.',
  );
  expect(photosFinding(3, 0, 1, '4 bits'), 'one bitwidth agrees with nobody').toBe(
    '3 photos named by 4 bits alone; choose another bitwidth to compare with.',
  );
});

test('what an experiment shows', () => {
  const { finding, confusionFinding, flipsFinding, curveFinding, noConfusion } = WORDS.experiments;
  expect([finding(0, 4), finding(1, 4), finding(4, 4)]).toEqual([
    'None of the 4 cells is measured yet.',
    '1 of 4 cells is measured.',
    '4 of 4 cells are measured.',
  ]);
  expect(confusionFinding('cat', 'dog', 1)).toBe('Most often cat is taken for dog: once.');
  expect(confusionFinding('cat', 'dog', 7)).toBe('Most often cat is taken for dog: 7 times.');
  expect(noConfusion).toBe('Every image is classified right.');
  expect(flipsFinding(0, '200', 0, 0)).toBe('Float and quantized answer alike on every image.');
  expect(flipsFinding(1, '200', 1, 0)).toBe("1 of 200 answers differs from the float network's: 1 lost, 0 won.");
  expect(curveFinding('50.0%', '40.0%', 2)).toBe('From 50.0% in the first epoch to 40.0% in the last.');
  expect(curveFinding('40.0%', '40.0%', 1)).toBe(
    'In its one epoch the network got 40.0% of the training images right.',
  );
});

test('what an experiment shows where nobody knows the right answers', () => {
  const { confusionFinding, flipsFinding } = WORDS.agreement.experiments;
  expect(confusionFinding('cat', 'dog', 1)).toBe('Most often what 32 bits take for cat is taken for dog: once.');
  expect(confusionFinding('cat', 'dog', 7)).toBe('Most often what 32 bits take for cat is taken for dog: 7 times.');
  expect(flipsFinding(0, '200')).toBe('Float and quantized answer alike on every image.');
  expect(flipsFinding(1, '200')).toBe("1 of 200 answers differs from the float network's.");
  expect(flipsFinding(3, '200')).toBe("3 of 200 answers differ from the float network's.");
});

test('what one layer, one weight and its slope show', () => {
  const { layers, staircase, snap } = WORDS;
  expect(layers.silent('conv1', 3)).toBe('Channel 3 of conv1 is zero everywhere for this image.');
  expect(layers.mapsFinding('conv1', 3, '12.0', '4 bits')).toContain('SQNR 12.0 dB');
  expect(staircase.slopes.finding(true)).toContain('says 1 inside the range');
  expect(staircase.slopes.finding(false)).toContain('Outside the range both slopes are 0');
  expect(staircase.drift.finding(0, 24, 0, 1)).toBe(
    'In 1 step no weight shown has crossed a boundary: each drifts within its own stair.',
  );
  expect(staircase.drift.finding(2, 24, 3, 9)).toContain('2 of 24 weights shown crossed a boundary, 3 times in all');
  expect(staircase.stairs.finding('0.42', '0.375', 16)).toContain('w = 0.42 becomes 0.375');
  expect(snap.finding('4 bits', '100', 16, true, '16.7', '0%')).toContain('its channel’s 16 values');
  expect(snap.finding('4 bits', '100', 15, false, '16.7', '2%')).toContain('one of 15 values: SQNR 16.7 dB, 2% of');
});
