import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../contract/grid/grid.ts';
import type { GridRecord } from '../../../contract/grid/grid.ts';
import { WORDS } from '../../words/words.ts';
import { workloadsOf, cellId, confusionOf, fewerImages, worstConfusion } from './cells.ts';
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

describe('a set with fewer images than the grid asks for', () => {
  const [workload] = workloadsOf(cellsOf(gridOf({ ...DEFAULT_CHOICES, methods: ['ptq'], bits: [4] }, 1)));
  const { key } = [...workload.cells.values()][0];
  const measured = (images: number, calibrationImages: number): ReadonlyMap<string, GridRecord> =>
    new Map([[key, { key, top1: 1, images, calibrationImages } as GridRecord]]);

  test('is told by its rows', () => {
    expect(fewerImages(workload, new Map())).toBeNull();
    expect(fewerImages(workload, measured(200, 512))).toBeNull();
    expect(fewerImages(workload, measured(40, 512))).toEqual({ test: 40, calibration: null });
    expect(fewerImages(workload, measured(1, 120))).toEqual({ test: 1, calibration: 120 });
  });

  test('is said in a sentence', () => {
    const { fewer } = WORDS.experiments;
    expect(fewer(null, '120')).toBe(
      'Fewer images than asked for: calibrated on all 120 training images that this set has.',
    );
    expect(fewer('1', '120')).toBe(
      'Fewer images than asked for: measured on all 1 test image, calibrated on all 120 training images that this set has.',
    );
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
