import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Stages } from '../stages/stages.ts';
import { cellsOf, type GridRecord } from '../../contract/grid/grid.ts';
import { LabError } from '../../contract/errors.ts';
import type { RunSettings } from '../../contract/run.ts';
import { gridAnswers } from './answers.ts';

const noEngine = <T>(work: (stages: Stages) => T | Promise<T>): Promise<T> =>
  Promise.resolve(work(null as unknown as Stages));
const GRID = { scheme: 'modern', repairs: [], seed: 1, training: {} } as const;

const made = () => gridAnswers(noEngine, { versions: {}, commit: null });

test('records outlive the page that kept them; the last of a key counts; forgotten ones are gone', async () => {
  const first = made();
  await first.keepGridRecord({ key: 'a', error: 'no network' }, {});
  await first.keepGridRecord({ key: 'b', error: 'no images' }, {});
  await first.keepGridRecord({ key: 'a', top1: 0.5 } as unknown as GridRecord, {});
  const second = made();
  expect(await second.gridRecords(null, {})).toEqual([
    { key: 'a', top1: 0.5 },
    { key: 'b', error: 'no images' },
  ]);
  await second.forgetGridRecords(['b'], {});
  expect(await made().gridRecords(null, {})).toEqual([{ key: 'a', top1: 0.5 }]);
});

test('a set that has fewer images than a cell asks for is measured on all it has, and the row says so', async () => {
  const [cell] = cellsOf({
    ...GRID,
    models: ['resnet20'],
    datasets: ['folder'],
    methods: ['ptq'],
    bits: [4],
    images: 200,
    calibrationImages: 512,
  });
  const measured: RunSettings[] = [];
  const stages = {
    subject: () => Promise.resolve({ dataset: { train: { count: 30 }, test: { count: 12 } } }),
    evaluate(settings: RunSettings) {
      measured.push(settings);
      return Promise.resolve({ top1: 1, device: { backend: 'wasm' }, predictions: new Int32Array(12) });
    },
    testSet: () => Promise.resolve({ height: 32, labels: new Int32Array(12), classes: ['cat'] }),
  } as unknown as Stages;
  const { gridCell } = gridAnswers(async (work) => work(stages), { versions: {}, commit: null });
  const row = await gridCell(cell, {});
  expect(measured).toEqual([{ ...cell.settings, images: 12, calibrationImages: 30 }]);
  expect(row).toMatchObject({ key: cell.key, images: 12, calibrationImages: 30 });
  expect(row.command).toContain('--calibration 30');
});

test.each([
  [3, { classes: ['mug', 'mug', 'mug'], labels: '01', predictions: '02' }],
  [1000, { classes: [], labels: '', predictions: '' }],
])(
  'a network of %i classes that are not those of the images is compared with itself in 32 bits, and the row says so',
  async (classes, said) => {
    const [cell] = cellsOf({
      ...GRID,
      models: ['resnet18'],
      datasets: ['cifar10'],
      methods: ['ptq'],
      bits: [8],
      images: 2,
      calibrationImages: 4,
    });
    const measured: RunSettings[] = [];
    const stages = {
      subject: ({ against }: RunSettings) =>
        against
          ? Promise.resolve({ dataset: { train: { count: 30 }, test: { count: 12 } } })
          : Promise.reject(new LabError('unknownClasses', 'It does not know these images.')),
      evaluate(settings: RunSettings) {
        measured.push(settings);
        return Promise.resolve({ top1: 0.5, kl: 0.25, device: { backend: 'wasm' }, predictions: Int32Array.of(0, 2) });
      },
      testSet: () =>
        Promise.resolve({
          height: 32,
          labels: Int32Array.of(0, 1),
          classes: Array.from({ length: classes }, () => 'mug'),
        }),
    } as unknown as Stages;
    const { gridCell } = gridAnswers(async (work) => work(stages), { versions: {}, commit: null });
    const row = await gridCell(cell, {});
    expect(measured).toEqual([{ ...cell.settings, against: 'float' }]);
    expect(row).toMatchObject({ key: cell.key, top1: 0.5, against: 'float', kl: 0.25, ...said });
  },
);

test('what else keeps a network from its images fails the cell', async () => {
  const [cell] = cellsOf({
    ...GRID,
    models: ['resnet18'],
    datasets: ['cifar10'],
    methods: ['float32'],
    bits: [],
    images: 2,
    calibrationImages: 4,
  });
  const stages = { subject: () => Promise.reject(new LabError('absent', 'It is not here.')) } as unknown as Stages;
  const { gridCell } = gridAnswers(async (work) => work(stages), { versions: {}, commit: null });
  await expect(gridCell(cell, {})).rejects.toThrow('It is not here.');
});
