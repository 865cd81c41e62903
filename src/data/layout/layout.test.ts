import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLayout } from './layout.ts';
import type { LayoutOptions } from './layout.ts';
import { leftOutBy, withLeftOut } from './summary.ts';
import type { Layout, ListedFile } from './types.ts';

const file = (path: string, digest?: string): ListedFile => ({
  path,
  size: 100,
  kind: /\.(?:jpg|png)$/i.test(path) ? 'picture' : 'other',
  ...(digest === undefined ? {} : { digest }),
});

/** `n` pictures in each folder: 0.jpg, 1.jpg … */
const inFolders = (folders: Readonly<Record<string, number>>): ListedFile[] =>
  Object.entries(folders).flatMap(([folder, n]) => Array.from({ length: n }, (_, i) => file(`${folder}/${i}.jpg`)));

const read = (folders: Readonly<Record<string, number>>, options: Partial<LayoutOptions> = {}): Layout =>
  readLayout(inFolders(folders), { seed: 1, ...options });

const counts = ({ classes }: Layout): Record<string, string> =>
  Object.fromEntries(classes.map(({ name, train, test: held }) => [name, `${train}+${held}`]));

const reasons = ({ leftOut }: Layout): Record<string, number> =>
  Object.fromEntries(leftOut.map(({ reason, count }) => [reason, count]));

describe('the class is the folder that the layout means', () => {
  test.each<[string, Record<string, number>, Record<string, string>]>([
    ['plain', { 'pets/cat': 10, 'pets/dog': 10 }, { cat: '8+2', dog: '8+2' }],
    [
      'named splits',
      { 'a/train/cat': 4, 'a/train/dog': 4, 'a/val/cat': 2, 'a/val/dog': 2 },
      { cat: '4+2', dog: '4+2' },
    ],
    [
      'portions of a class',
      { 'cat/batch1': 5, 'cat/batch2': 5, 'dog/batch1': 5, 'dog/batch2': 5 },
      { cat: '8+2', dog: '8+2' },
    ],
    [
      'a picture that lies loose beside the classes',
      { pets: 1, 'pets/cat': 10, 'pets/dog': 10 },
      { cat: '8+2', dog: '8+2' },
    ],
    ['years', { 'x/oak/2019': 5, 'x/oak/2020': 5, 'x/elm/2020': 5 }, { elm: '4+1', oak: '8+2' }],
    [
      'portions above the classes',
      { 'batch1/cat': 5, 'batch1/dog': 5, 'batch2/cat': 5, 'batch2/dog': 5 },
      { cat: '8+2', dog: '8+2' },
    ],
    [
      'images below each class',
      { 'train/n1/images': 6, 'train/n2/images': 6, 'val/n1/images': 2, 'val/n2/images': 3 },
      { n1: '6+2', n2: '6+3' },
    ],
    [
      'a split that wraps itself',
      {
        'seg_train/seg_train/sea': 4,
        'seg_train/seg_train/ice': 4,
        'seg_test/seg_test/sea': 2,
        'seg_test/seg_test/ice': 2,
        'seg_pred/seg_pred': 3,
      },
      { ice: '4+2', sea: '4+2' },
    ],
    [
      'a set that wraps itself',
      {
        'training_set/training_set/cats': 4,
        'training_set/training_set/dogs': 4,
        'test_set/test_set/cats': 2,
        'test_set/test_set/dogs': 2,
      },
      { cats: '4+2', dogs: '4+2' },
    ],
    [
      'splits inside the classes',
      { 'x/cat/train': 4, 'x/cat/test': 2, 'x/dog/train': 4, 'x/dog/test': 2 },
      { cat: '4+2', dog: '4+2' },
    ],
    [
      'splits at the end of the classes',
      { cat_train: 4, cat_test: 2, dog_train: 4, dog_test: 2 },
      { cat: '4+2', dog: '4+2' },
    ],
    [
      'a validation copy of the name',
      {
        'horse-or-human/horses': 4,
        'horse-or-human/humans': 4,
        'validation-horse-or-human/horses': 2,
        'validation-horse-or-human/humans': 2,
      },
      { horses: '4+2', humans: '4+2' },
    ],
    ['a class named train', { 'v/train': 10, 'v/car': 10, 'v/bus': 10 }, { bus: '8+2', car: '8+2', train: '8+2' }],
    [
      'a class named train, with splits',
      { 'train/train': 4, 'train/car': 4, 'test/train': 2, 'test/car': 2 },
      { car: '4+2', train: '4+2' },
    ],
    [
      'wrappers that differ',
      { 'train/left/cat': 4, 'train/left/dog': 4, 'test/right/cat': 2, 'test/right/dog': 2 },
      { cat: '4+2', dog: '4+2' },
    ],
    [
      'one class in training',
      { 'train/cat/a': 4, 'train/cat/b': 4, 'test/cat': 2, 'test/dog': 2 },
      { cat: '8+2', dog: '0+2' },
    ],
    [
      'two test splits',
      { 'train/a': 4, 'train/b': 4, 'val/a': 1, 'val/b': 1, 'test/a': 2, 'test/b': 2 },
      { a: '4+3', b: '4+3' },
    ],
    [
      'numbered classes',
      { 'Train/0': 5, 'Train/1': 5, 'Train/10': 5, 'Test/0': 1, 'Test/1': 1, 'Test/10': 1 },
      { 0: '5+1', 1: '5+1', 10: '5+1' },
    ],
  ])('%s', (_, folders, expected) => {
    const layout = read(folders);
    expect(counts(layout)).toEqual(expected);
    expect(layout.ambiguous).toBe(false);
  });

  test('two readings are both given, with their counts, and either can be taken', () => {
    const folders = { 'bird/owl': 5, 'bird/hen': 5, 'mammal/cat': 5, 'mammal/dog': 5 };
    const layout = read(folders);
    expect(layout.ambiguous).toBe(true);
    expect(layout.readings.map(({ id, classes }) => [id, classes.map(({ name }) => name)])).toEqual([
      ['1', ['bird', 'mammal']],
      ['2', ['cat', 'dog', 'hen', 'owl']],
    ]);
    expect(layout.warnings.join()).toContain('--classes-from 2');
    const inner = read(folders, { reading: '2' });
    expect(counts(inner)).toEqual({ cat: '4+1', dog: '4+1', hen: '4+1', owl: '4+1' });
    expect(inner.warnings).toEqual([]);
    expect(() => read(folders, { reading: '7' })).toThrow('There is no reading 7');
  });

  test('a list of labels says what the folder images does not', () => {
    const labels = new Map([
      ['val/images/0.jpg', 'n2'],
      ['val/images/2.jpg', 'n1'],
    ]);
    const layout = read({ 'train/n1/images': 3, 'train/n2/images': 3, 'val/images': 4 }, { labels });
    expect(counts(layout)).toEqual({ n1: '3+1', n2: '3+1' });
    expect(reasons(layout)).toEqual({ unlabelled: 2 });
  });
});

describe('names are compared as people read them', () => {
  test('case, composed letters and outer spaces are one class across splits, and said', () => {
    const layout = read({
      'train/Cat': 3,
      'train/A\u0308pfel': 3,
      'train/owl ': 3,
      'val/cat': 1,
      'val/\u00c4pfel': 1,
      'val/owl': 1,
    });
    expect(counts(layout)).toEqual({ Cat: '3+1', owl: '3+1', '\u00c4pfel': '3+1' });
    expect(layout.notes.join()).toContain('Cat is one class');
    expect(layout.notes).toHaveLength(3);
  });

  test('letters that lie side by side stay apart', () => {
    const layout = read({ 'train/a': 3, 'train/A': 3, 'test/a': 1, 'test/A': 1 });
    expect(counts(layout)).toEqual({ A: '3+1', a: '3+1' });
    expect(layout.notes.join()).toContain('side by side');
  });

  test("synsets become words where all are Imagenette's, and stay what they are where not", () => {
    expect(Object.keys(counts(read({ n01440764: 5, n03445777: 5 })))).toEqual(['golf ball', 'tench']);
    expect(Object.keys(counts(read({ n01440764: 5, n01443537: 5 })))).toEqual(['n01440764', 'n01443537']);
  });
});

describe('what is not as it should be is said before anything is measured', () => {
  test('classes without test or training images', () => {
    const { warnings } = read({ 'train/a': 6, 'train/b': 6, 'train/c': 6, 'test/a': 3, 'test/c': 3, 'test/d': 1 });
    expect(warnings).toEqual(['b has no test images.', 'd has no training images.']);
  });

  test.each(['test/unknown', 'test', 'test1/test', 'test/x'])('unlabelled pictures in %s', (folder) => {
    const layout = read({ 'train/cat': 10, 'train/dog': 10, [folder]: 5 });
    expect(counts(layout)).toEqual({ cat: '8+2', dog: '8+2' });
    expect(reasons(layout)).toEqual({ unlabelled: 5 });
    expect(layout.warnings[0]).toContain('5 pictures lie in no class');
    expect(layout.warnings[1]).toContain('No class has labelled test images');
  });

  test('litter, other files and folders beside the splits', () => {
    const layout = readLayout(
      [
        ...inFolders({ 'x/train/a': 4, 'x/train/b': 4, 'x/test/a': 2, 'x/test/b': 2, 'x/papers': 1 }),
        ...[
          'x/.DS_Store',
          '__MACOSX/x/train/a/._0.jpg',
          'x/train/@eaDir/0.jpg',
          'x/train/.ipynb_checkpoints/0.jpg',
          'x/a/Thumbs.db',
        ].map((path) => file(path)),
        file('x/readme.txt'),
      ],
      { seed: 1 },
    );
    expect(counts(layout)).toEqual({ a: '4+2', b: '4+2' });
    expect(reasons(layout)).toEqual({ 'system file': 5, 'not a picture': 1, 'beside the splits': 1 });
  });
});

describe('pictures that came more than once', () => {
  const withDigests = (files: readonly ListedFile[]): ListedFile[] =>
    files.map((each) => ({ ...each, digest: each.path.split('/').slice(-3).join('/') }));

  test.each(['chest/chest', 'chest/copy', 'chest/chest/chest'])('the tree %s is a copy', (copy) => {
    const tree = { 'train/A': 8, 'train/B': 8, 'test/A': 4, 'test/B': 4, 'val/A': 2, 'val/B': 2 };
    const twice = Object.entries(tree).flatMap(
      ([folder, n]) =>
        [
          [`chest/${folder}`, n],
          [`${copy}/${folder}`, n],
        ] as const,
    );
    const layout = readLayout(withDigests(inFolders(Object.fromEntries(twice))), { seed: 1 });
    expect(counts(layout)).toEqual({ A: '8+6', B: '8+6' });
    expect(reasons(layout)).toEqual({ copy: 28 });
  });

  test('a picture of both splits is a test picture only', () => {
    const files = [
      ...inFolders({ 'train/a': 4, 'train/b': 4, 'test/a': 2, 'test/b': 2 }).map((each) =>
        each.path === 'train/a/3.jpg' || each.path === 'test/a/0.jpg' ? { ...each, digest: 'same' } : each,
      ),
    ];
    const layout = readLayout(files, { seed: 1 });
    expect(counts(layout)).toEqual({ a: '3+2', b: '4+2' });
    expect(reasons(layout)).toEqual({ 'in both splits': 1 });
    expect(layout.warnings[0]).toContain('1 picture was in training and test');
  });

  test('by lot, pictures of the same bytes come to one side, in whichever class', () => {
    const files = inFolders({ cat: 8, owl: 8 }).map((each) => ({ ...each, digest: each.path.slice(4) }));
    const layout = readLayout(files, { seed: 1 });
    const sides = new Map<string, Set<string>>();
    layout.places.forEach((place, i) => {
      if ('leftOut' in place) return;
      const key = files[i].digest;
      sides.set(key, (sides.get(key) ?? new Set()).add(place.split));
    });
    expect([...sides.values()].every((each) => each.size === 1)).toBe(true);
    expect(layout.warnings.join()).toContain('16 pictures lie in more than one class');
  });
});

test('whatever the folders are: no class without images unsaid, and every file is accounted for', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'cat',
      'Cat',
      'dog ',
      'train',
      'Training',
      'val',
      'test',
      'seg_test',
      'images',
      'batch1',
      '2',
      'unknown',
      'n01440764',
      '__MACOSX',
      'A\u0308',
      '\u00c4',
    ),
    fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !/[/\\]/.test(text)),
  );
  const someFile = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join('/')}.jpg`),
    digest: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(someFile, { maxLength: 40 }), (list) => {
      const files = list.map(({ path, digest }) => file(path, digest));
      const layout = readLayout(files, { seed: 1 });
      const placed = layout.classes.reduce((sum, { train, test: held }) => sum + train + held, 0);
      const left = layout.leftOut.reduce((sum, { count }) => sum + count, 0);
      expect(placed + left).toBe(files.length);
      const said = layout.warnings.join(' ');
      for (const { name: className, train, test: held } of layout.classes) {
        expect(train + held).toBeGreaterThan(0);
        if (train === 0) expect(said).toContain('no training images');
        if (held === 0) expect(said).toContain('no test images');
        if (train === 0 || held === 0) expect(said).toContain(className);
      }
      for (const reading of layout.readings) {
        const again = readLayout(files, { seed: 1, reading: reading.id });
        expect(again.classes).toEqual(reading.classes);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a path without end is cut where it is named as an example', () => {
  const path = `set/${'a/'.repeat(3000)}x.png`;
  const [row] = leftOutBy([{ path, kind: 'picture', size: 4 }], [{ leftOut: 'damaged' }]);
  expect(row.examples[0]).toMatch(/^set\/a.*…$/u);
  expect(row.examples[0].length).toBeLessThanOrEqual(200);
  expect(withLeftOut([], 'damaged', path)[0].examples).toEqual(row.examples);
});
