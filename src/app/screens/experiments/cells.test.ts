import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../contract/grid/grid.ts';
import { workloadsOf, cellId, confusionOf, worstConfusion } from './cells.ts';
import { DEFAULT_CHOICES, gridOf, parseChoices } from './choices.ts';

describe('the tables', () => {
  test('have each workload once, with its cells by method and bits', () => {
    const workloads = workloadsOf(
      cellsOf(gridOf({ ...DEFAULT_CHOICES, models: ['resnet20', 'resnet18'], methods: ['float32', 'ptq', 'qat'] }, 1)),
    );
    expect(workloads.map(({ model }) => model)).toEqual(['resnet20', 'resnet18']);
    expect([...workloads[0].cells.keys()].sort()).toEqual([
      'float32 32',
      'ptq 2',
      'ptq 4',
      'ptq 8',
      'qat 2',
      'qat 4',
      'qat 8',
    ]);
    expect(workloads[1].cells.get(cellId('qat', 4))?.settings).toMatchObject({
      model: 'resnet18',
      method: 'qat',
      training: { epochs: 1, trainImages: 500 },
    });
  });
});

describe('the confusion matrix', () => {
  const row = { labels: '0011', predictions: '0111', classes: ['cat', 'dog'] };
  test('counts truth by line and answer by column', () =>
    expect(confusionOf(row)).toEqual([
      [1, 1],
      [0, 2],
    ]));
  test('knows the pair mixed up most', () =>
    expect(worstConfusion(confusionOf(row))).toEqual({ truth: 0, said: 1, count: 1 }));
  test('has none where all is right', () =>
    expect(worstConfusion(confusionOf({ ...row, predictions: '0011' }))).toBeNull());
});

describe("the form's memory", () => {
  test('gives back what was kept', () => {
    const kept = {
      ...DEFAULT_CHOICES,
      models: ['resnet50'],
      bits: [4, 2] as const,
      scheme: '2021' as const,
      images: 33,
      timed: false,
    };
    expect(parseChoices(JSON.stringify(kept))).toEqual(kept);
  });

  test.each([
    null,
    'no JSON',
    '7',
    'null',
    '{"models":["vgg"],"bits":[9],"images":-1,"epochs":1.5,"scheme":"x","methods":[],"timed":"yes"}',
  ])('falls back where it makes no sense: %s', (text) => {
    expect(parseChoices(text)).toEqual(DEFAULT_CHOICES);
  });
});
