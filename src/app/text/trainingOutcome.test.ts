import { expect, test } from 'vitest';
import { trainingOutcome } from './trainingOutcome.ts';

const at = (step: number, top1: number) => ({ step, top1, loss: 1 });
const learned = { validations: [at(0, 0.7), at(40, 0.85)], best: at(40, 0.85) };
const alike = { validations: [at(0, 0.7), at(40, 0.7)], best: at(40, 0.7) };
const inVain = { validations: [at(0, 0.9), at(40, 0.85)], best: at(0, 0.9) };
const unjudged = { validations: [], best: null };

test.each([
  [
    'a gain',
    learned,
    { rounded: 0.728, trained: 0.802, float: 0.884 },
    'At 3 bits rounding alone leaves 72.8%, training makes it 80.2%; the float network has 88.4% (500 test images).',
  ],
  [
    'a gain that may be luck',
    learned,
    { rounded: 0.85, trained: 0.86, float: 0.884 },
    'At 3 bits rounding alone leaves 85.0%, training makes it 86.0%; the float network has 88.4% (500 test images). So small a gain may be luck: 500 images cannot tell.',
  ],
  [
    'better on the images kept apart alone',
    learned,
    { rounded: 0.85, trained: 0.84, float: 0.884 },
    'At 3 bits rounding alone leaves 85.0%, training makes it 84.0%; the float network has 88.4% (500 test images). No gain here, although of the images kept apart it knew 70.0% before and 85.0% after.',
  ],
  [
    'no better anywhere',
    alike,
    { rounded: 0.85, trained: 0.85, float: 0.884 },
    'At 3 bits rounding alone leaves 85.0%, training makes it 85.0%; the float network has 88.4% (500 test images). No gain here.',
  ],
  [
    'not judged, and worse',
    unjudged,
    { rounded: 0.85, trained: 0.5, float: 0.884 },
    'At 3 bits rounding alone leaves 85.0%, training makes it 50.0%; the float network has 88.4% (500 test images). No gain here.',
  ],
  [
    'no epoch better than rounding',
    inVain,
    { rounded: 0.85, trained: 0.85, float: 0.884 },
    'No gain here: of the images kept apart the network knew most before its first step (90.0%), so the one that was only rounded is used. At 3 bits it has 85.0%, the float network 88.4% (500 test images).',
  ],
] as const)('%s', (_name, run, compared, sentence) => expect(trainingOutcome(run, 3, 500, compared)).toBe(sentence));
