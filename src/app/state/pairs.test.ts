import { expect, test } from 'vitest';
import type { DatasetList, DatasetStatus, WeightsStatus } from '../../contract/calls/data.ts';
import { datasetOptions, modelOptions, withDataset, withModel } from './pairs.ts';

const set = (name: string, state: DatasetStatus['state']): DatasetStatus => ({
  name,
  title: name,
  state,
  doneBytes: 0,
  totalBytes: null,
  from: '',
  storage: 'indexeddb',
  storedBytes: 0,
  images: { train: 0, test: 0 },
  classes: [],
  counts: { train: [], test: [] },
  verified: 'first use',
  sources: [],
});

const weights = (model: string, state: WeightsStatus['state']): WeightsStatus => ({
  name: `weights:${model}`,
  model,
  title: model,
  state,
  doneBytes: 0,
  totalBytes: null,
  from: '',
  storage: 'indexeddb',
  verified: 'first use',
  source: { title: '', url: '', bytes: null, licence: '' },
});

const list = (datasets: readonly DatasetStatus[], kept: readonly WeightsStatus[]): DatasetList => ({
  datasets,
  weights: kept,
  persisted: null,
  usage: null,
  quota: null,
});

const FULL = list(
  [set('cifar10', 'ready'), set('imagenette', 'ready'), set('pets', 'ready'), set('half', 'partial')],
  [weights('resnet18', 'ready'), weights('resnet50', 'partial')],
);
const EMPTY = list(
  [set('cifar10', 'absent'), set('imagenette', 'damaged')],
  [weights('resnet18', 'absent'), weights('resnet50', 'absent')],
);
const here = (options: readonly { value: string; here: boolean }[]): string[] =>
  options.filter((option) => option.here).map(({ value }) => value);

test('what is not here is named, and not offered', () => {
  expect(here(modelOptions(FULL))).toEqual(['resnet20', 'resnet18']);
  expect(here(modelOptions(null))).toEqual(['resnet20']);
  expect(datasetOptions(FULL, 'pets').map(({ value }) => value)).toEqual([
    'cifar10-sample',
    'cifar10',
    'imagenette',
    'pets',
  ]);
  expect(here(datasetOptions(EMPTY, 'cifar10-sample'))).toEqual(['cifar10-sample']);
});

test('a link may ask for a set that is not here: it is shown, as not here', () => {
  expect(datasetOptions(null, 'imagenette').at(-1)).toEqual({ value: 'imagenette', title: 'Imagenette', here: false });
  expect(datasetOptions(FULL, 'school').at(-1)).toEqual({ value: 'school', title: 'school', here: false });
});

test('a choice takes with it what it needs, where that is here', () => {
  const start = { model: 'resnet20', dataset: 'cifar10-sample' } as const;
  expect(withDataset('imagenette', start, FULL)).toEqual({ model: 'resnet18', dataset: 'imagenette' });
  expect(withDataset('imagenette', start, EMPTY)).toEqual({ model: 'resnet20', dataset: 'imagenette' });
  expect(withDataset('pets', start, FULL)).toEqual({ model: 'resnet20', dataset: 'pets' });
  expect(withDataset('imagenette', { model: 'own', dataset: 'pets' }, FULL)).toEqual({
    model: 'own',
    dataset: 'imagenette',
  });
  expect(withModel('own', start, FULL)).toEqual({ model: 'own', dataset: 'cifar10-sample' });
  expect(withModel('resnet18', start, FULL)).toEqual({ model: 'resnet18', dataset: 'imagenette' });
  expect(withModel('resnet18', start, EMPTY)).toEqual({ model: 'resnet18', dataset: 'imagenette' });
  expect(withModel('resnet20', { model: 'resnet18', dataset: 'imagenette' }, FULL)).toEqual({
    model: 'resnet20',
    dataset: 'cifar10-sample',
  });
  expect(withModel('resnet50', { model: 'resnet18', dataset: 'imagenette' }, FULL)).toEqual({
    model: 'resnet50',
    dataset: 'imagenette',
  });
});
