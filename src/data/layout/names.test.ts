import { describe, expect, test } from 'vitest';
import { areGroups, foldedName, isLitter, kindOfName, splitWord } from './names.ts';

test.each([
  ['train', 'train', ''],
  ['Training', 'train', ''],
  ['trn', 'train', ''],
  ['seg_train', 'train', 'seg'],
  ['trainingSet', 'train', ''],
  ['train2017', 'train', ''],
  ['Train Images', 'train', ''],
  ['val', 'test', ''],
  ['validation-data', 'test', ''],
  ['test_set', 'test', ''],
  ['DEV', 'test', ''],
  ['eval_256', 'test', ''],
  ['held-out', 'test', ''],
  ['seg_pred', 'unlabelled', 'seg'],
  ['cat_test', 'test', 'cat'],
])('%s speaks of a split', (name, kind, rest) => expect(splitWord(name)).toEqual({ kind, rest }));

test.each(['cat', 'trainer', 'contest', 'valley', 'evaluator', '0', 'Äpfel'])('%s does not', (name) =>
  expect(splitWord(name)).toBeNull(),
);

test.each([
  '__MACOSX/a/1.jpg',
  'a/@eaDir/1.jpg',
  'a/.ipynb_checkpoints/1.jpg',
  'a/Thumbs.db',
  'a/.DS_Store',
  'a/._1.jpg',
  'desktop.ini',
  'a/Icon\r',
])('%j is litter', (path) => expect(isLitter(path)).toBe(true));

test.each(['a/1.jpg', './a/1.jpg', 'icons/1.png', 'thumbs/1.png'])('%s is none', (path) =>
  expect(isLitter(path)).toBe(false),
);

test('names are equal as people read them', () => {
  expect(foldedName(' A\u0308pfel ')).toBe(foldedName('\u00c4PFEL'));
  expect(foldedName('cat')).not.toBe(foldedName('cats'));
});

describe('what groups pictures and names no class', () => {
  test.each([
    [['batch1', 'batch2']],
    [['2019', '2020']],
    [['images']],
    [['roll a1', 'roll a2']],
    [['Kamera 1', 'Kamera 2']],
  ])('%j', (names) => expect(areGroups(names)).toBe(true));
  test.each([[['cat', 'dog']], [['class1', 'class2']], [['owl', 'batch1']]])('not %j', (names) =>
    expect(areGroups(names)).toBe(false),
  );
});

test('a name tells a picture, where it can', () => {
  expect(['a.JPG', 'a.webp', 'a.tif', 'b.zip', 'b.tar.gz', 'c.txt', 'README', 'x.1'].map(kindOfName)).toEqual([
    'picture',
    'picture',
    'picture',
    'archive',
    'archive',
    'other',
    null,
    null,
  ]);
});
