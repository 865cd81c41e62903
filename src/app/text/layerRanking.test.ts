import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LayerSensitivity } from '../../contract/calls/sensitivity.ts';
import { toldApart } from '../../contract/wilson.ts';
import { guessOutcome, layerFinding, placesOf, type Ranked } from './layerRanking.ts';

const ENDS = { first: 'conv1', last: 'fc' };

/** Layers with what is left of the accuracy, and how far the output moves. */
const ranked = (images: number, float: number, layers: readonly (readonly [string, number, number])[]): Ranked => ({
  images,
  float: { top1: float },
  layers: layers.map(([layer, top1, divergence]) => ({ layer, both: { top1, divergence } }) as LayerSensitivity),
});

describe('the finding of the ranking', () => {
  test.each([
    [
      'the first layer, where it alone is below all others',
      ranked(1000, 0.9, [
        ['conv1', 0.4, 2],
        ['b', 0.88, 0.1],
        ['fc', 0.89, 0.1],
      ]),
      'conv1 hurts most: with it alone quantized the network recognises 40.0%, and 90.0% at 32 bits. It is the first layer.',
    ],
    [
      'the last layer',
      ranked(1000, 0.9, [
        ['conv1', 0.88, 2],
        ['b', 0.88, 0.1],
        ['fc', 0.4, 0.1],
      ]),
      'fc hurts most: with it alone quantized the network recognises 40.0%, and 90.0% at 32 bits. It is the last layer.',
    ],
    [
      'both ends, where they hold the first two places',
      ranked(1000, 0.9, [
        ['conv1', 0.4, 2],
        ['b', 0.88, 0.1],
        ['fc', 0.6, 0.1],
      ]),
      'conv1 hurts most: with it alone quantized the network recognises 40.0%, and 90.0% at 32 bits. It and fc, the second, are the first and the last layer.',
    ],
    [
      'both ends, where they share the first place',
      ranked(1000, 0.9, [
        ['conv1', 0.4, 2],
        ['b', 0.88, 0.1],
        ['fc', 0.41, 3],
      ]),
      'fc and conv1 hurt most, and 1,000 images cannot tell which of them is the worst; with fc the answers move furthest. They are the first and the last layer.',
    ],
    [
      'a layer between, which contradicts the ends',
      ranked(1000, 0.9, [
        ['conv1', 0.88, 2],
        ['b', 0.4, 0.1],
        ['fc', 0.89, 0.1],
      ]),
      'b hurts most: with it alone quantized the network recognises 40.0%, and 90.0% at 32 bits. It is neither the first layer nor the last.',
    ],
    [
      'several that are tied, one end among them',
      ranked(1000, 0.9, [
        ['conv1', 0.4, 1],
        ['b', 0.41, 2],
        ['c', 0.4, 0.5],
        ['d', 0.42, 0.4],
        ['fc', 0.89, 0.1],
      ]),
      'b, conv1, c and 1 more hurt most, and 1,000 images cannot tell which of them is the worst; with b the answers move furthest. The first layer is one of them, the last is not.',
    ],
    [
      'one that hurts for certain, tied with others that may not hurt at all',
      ranked(100, 0.9, [
        ['b', 0.8, 0.4],
        ['conv1', 0.85, 0.2],
        ['fc', 0.9, 0.1],
      ]),
      'b hurts most: with it alone quantized the network recognises 80.0%, and 90.0% at 32 bits. Whether one other layer hurts as much, 100 images cannot tell.',
    ],
    [
      'nothing that the images can tell, though the order of the KL has conv1 and fc in front',
      ranked(100, 0.9, [
        ['conv1', 0.88, 0.5],
        ['fc', 0.89, 0.4],
        ['b', 0.91, 0.1],
      ]),
      'No layer alone costs what 100 images can tell: with one of them quantized 88.0% to 91.0% are right, and 90.0% at 32 bits. With conv1 the answers move furthest.',
    ],
    [
      'one layer only, as good as 32 bits',
      ranked(100, 0.9, [['conv1', 0.9, 0.5]]),
      'No layer alone costs what 100 images can tell: with one of them quantized 90.0% are right, and 90.0% at 32 bits. With conv1 the answers move furthest.',
    ],
  ])('%s', (_, result, sentence) => expect(layerFinding(result, ENDS)).toBe(sentence));

  const anyRanking = fc
    .tuple(
      fc.constantFrom(30, 100, 1000),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })), {
        minLength: 1,
        maxLength: 8,
      }),
    )
    .map(([images, float, layers]) =>
      ranked(
        images,
        float,
        layers.map(([top1, divergence], i) => [
          i === 0 ? 'conv1' : i === layers.length - 1 ? 'fc' : `l${i}`,
          top1,
          divergence,
        ]),
      ),
    );

  test('of any results: the ends hurt most only where the places say so, and what is tied is not told apart', () =>
    fc.assert(
      fc.property(anyRanking, (result) => {
        const placed = placesOf(result);
        expect(placed.map(({ layer }) => layer).toSorted()).toEqual(result.layers.map(({ layer }) => layer).toSorted());
        placed.forEach(({ first, last }, i) => {
          expect(first).toBeLessThanOrEqual(i + 1);
          expect(last).toBeGreaterThanOrEqual(i + 1);
        });
        for (const { first } of placed) {
          const shares = placed.filter((one) => one.first === first).map(({ both }) => both.top1);
          expect(toldApart(Math.min(...shares), Math.max(...shares), result.images)).toBe(false);
        }
        const sentence = layerFinding(result, ENDS);
        const costly = ({ both }: LayerSensitivity): boolean =>
          both.top1 < result.float.top1 && toldApart(both.top1, result.float.top1, result.images);
        if (/(are the first and the last layer)/.test(sentence)) {
          const ends = placed.filter(({ layer }) => layer === 'conv1' || layer === 'fc');
          expect(ends).toHaveLength(2);
          expect(ends.every(costly)).toBe(true);
          expect(ends.every(({ first }) => first <= 2)).toBe(true);
        }
        if (sentence.startsWith('No layer alone'))
          expect(placed.filter(({ first }) => first === 1).some(costly)).toBe(false);
        else expect(placed.some(costly)).toBe(true);
      }),
    ));
});

describe('what became of a guess', () => {
  const clear = ranked(1000, 0.9, [
    ['conv1', 0.4, 2],
    ['b', 0.7, 0.1],
    ['fc', 0.89, 0.1],
    ['c', 0.88, 0.3],
  ]);
  const tied = ranked(100, 0.9, [
    ['conv1', 0.6, 0.2],
    ['b', 0.62, 0.9],
    ['fc', 0.89, 0.1],
  ]);
  const level = ranked(100, 0.9, [
    ['conv1', 0.9, 0.2],
    ['b', 0.9, 0.4],
  ]);
  test.each([
    ['conv1', null, 'You guessed conv1. Measuring every layer will tell.'],
    ['pool', clear, 'You guessed pool. Measuring every layer will tell.'],
    [
      'conv1',
      clear,
      'You guessed conv1, and no layer costs more: with it alone quantized the network still recognises 40.0%.',
    ],
    ['b', clear, 'You guessed b. It is number 2 of 4: with it alone quantized the network recognises 70.0%.'],
    [
      'fc',
      clear,
      'You guessed fc. It shares the places 3 to 4 of 4, for 1,000 images cannot tell them apart: with it alone quantized the network recognises 89.0%.',
    ],
    [
      'conv1',
      tied,
      'You guessed conv1, and no layer costs more for certain: 100 images cannot tell it from one other. With it alone quantized the network recognises 60.0%; by how far the answers move (KL) it is number 2 of these 2.',
    ],
    [
      'conv1',
      level,
      'You guessed conv1. 100 images see no layer cost anything: with it alone quantized the network recognises 90.0%. By how far the answers move (KL) it is number 2 of 2.',
    ],
  ])('%s', (guess, result, sentence) => expect(guessOutcome(guess, result)).toBe(sentence));
});

test('where nobody knows what is on the images it is agreement that a layer costs', () => {
  const settings = { against: 'float' } as const;
  const measured = {
    ...ranked(1000, 1, [
      ['conv1', 0.4, 2],
      ['b', 0.98, 0.1],
      ['fc', 0.99, 0.1],
    ]),
    settings,
  };
  expect(layerFinding(measured, ENDS)).toBe(
    'conv1 hurts most: with it alone quantized the network answers 40.0% of the images as at 32 bits. It is the first layer.',
  );
  expect(guessOutcome('conv1', measured)).toBe(
    'You guessed conv1, and no layer costs more: with it alone quantized the network still answers 40.0% as at 32 bits.',
  );
  const alike = {
    ...ranked(100, 1, [
      ['conv1', 0.99, 0.2],
      ['b', 1, 0.1],
    ]),
    settings,
  };
  expect(layerFinding(alike, ENDS)).toContain('with one of them quantized 99.0% to 100.0% are answered as at 32 bits');
  expect(guessOutcome('b', alike)).not.toContain('recognise');
});
