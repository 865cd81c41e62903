import { describe, expect, test } from 'vitest';
import { spoken } from '../words/spoken.ts';
import { changedImages, damageFinding, damageOf } from './classDamage.ts';

const CLASSES = ['cat', 'dog', 'owl'];
const LABELS = Int32Array.from({ length: 30 }, (_, i) => i % 3);
/** Of each class's ten images the first `kept` are answered with it, the others with the next class. */
const predictions = (...kept: readonly number[]): Int32Array =>
  LABELS.map((label, image) => (Math.floor(image / 3) < kept[label] ? label : (label + 1) % 3));
const answers = (...rounded: readonly (readonly number[])[]) => [
  { bits: null, predictions: predictions(10, 9, 8) },
  ...rounded.map((kept, i) => ({ bits: [8, 4, 2][i], predictions: predictions(...kept) })),
];
function finding(...rounded: readonly (readonly number[])[]): string {
  const all = answers(...rounded);
  return damageFinding(damageOf(LABELS, all), all, CLASSES);
}

test('the table has each class with the share that every width keeps, those that lose most first', () => {
  expect(damageOf(LABELS, answers([10, 9, 8], [9, 4, 8]))).toEqual([
    { label: 1, images: 10, kept: [0.9, 0.9, 0.4] },
    { label: 0, images: 10, kept: [1, 1, 0.9] },
    { label: 2, images: 10, kept: [0.8, 0.8, 0.8] },
  ]);
});

test('a class without images has no row, whatever is answered', () => {
  expect(
    damageOf(
      LABELS.map(() => 2),
      answers([0, 0, 0]),
    ).map(({ label }) => label),
  ).toEqual([2]);
});

describe('which die first', () => {
  test.each<[string, readonly (readonly number[])[], string]>([
    ['nothing is measured', [], 'appears here once a bitwidth is measured'],
    [
      'all live',
      [
        [10, 9, 8],
        [9, 8, 7],
      ],
      'Down to 4 bits each class keeps at least half',
    ],
    [
      'one',
      [
        [10, 9, 8],
        [9, 2, 7],
        [1, 1, 1],
      ],
      'dog (20%) dies first: at 4 bits less than half of what 32 bits keep of it is left.',
    ],
    [
      'two, the worst named first',
      [
        [10, 9, 8],
        [4, 2, 7],
      ],
      'dog (20%) and cat (40%) die first: at 4 bits less than half of what 32 bits keep of them',
    ],
    [
      'all at once',
      [
        [10, 9, 8],
        [1, 2, 3],
      ],
      'No class dies before the others: at 4 bits each has lost more than half',
    ],
  ])('%s', (_, rounded, sentence) => expect(finding(...rounded)).toContain(sentence));

  test('too few images say nothing', () => {
    const few = answers([0, 0, 0]).map(({ bits, predictions: all }) => ({ bits, predictions: all.slice(0, 9) }));
    expect(damageFinding(damageOf(LABELS.slice(0, 9), few), few, CLASSES)).toContain('No class has 5 images');
  });
});

test('the pictures that changed are those that 32 bits had', () => {
  const [before, now] = answers([10, 4, 8]);
  expect(changedImages(1, LABELS, before.predictions, now.predictions)).toEqual([13, 16, 19, 22, 25]);
});

test('where nobody knows the right answers nothing is recognised: images are taken for a class', () => {
  const words = spoken('float').damage;
  const all = answers([10, 9, 8]);
  const few = answers([10, 9, 8]).map(({ bits, predictions: each }) => ({ bits, predictions: each.slice(0, 9) }));
  expect(damageFinding(damageOf(LABELS, all), all, CLASSES, words)).toBe(
    'Down to 8 bits each class keeps at least half of what 32 bits take for it.',
  );
  expect(damageFinding(damageOf(LABELS.slice(0, 9), few), few, CLASSES, words)).toBe(
    'No class has 5 images that 32 bits take for it: too few to say which dies first.',
  );
  expect([0, 1, 2].map((images) => words.changed('mug', '4', images))).toEqual([
    'Of the images that 32 bits take for mug none is lost at 4 bits.',
    'Of the images that 32 bits take for mug 1 is lost at 4 bits. It is taken for:',
    'Of the images that 32 bits take for mug 2 are lost at 4 bits. They are taken for:',
  ]);
});
