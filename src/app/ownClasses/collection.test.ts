import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCollection, MOST_PHOTOS, nameFault, type NewPhoto, type OwnClass } from './collection.ts';
import { areAlike, doubtsOf } from './doubts.ts';
import { classesIn, nameOfZip, spread } from './folders.ts';
import { lookOf, markOf } from './picture.ts';
import { canTrain, splitClass } from './split.ts';

const photo = (mark: string, recording: number | null = null, grey = 0): NewPhoto => ({
  file: new Blob([mark]),
  mark,
  look: new Uint8Array(256).fill(grey),
  recording,
});

const frames = (count: number, recording: number, from = 0): readonly NewPhoto[] =>
  Array.from({ length: count }, (_, i) => photo(`${recording}-${from + i}`, recording, (10 * i) % 250));

function classOf(name: string, photos: readonly NewPhoto[]): OwnClass {
  const store = createCollection([name]);
  store.add(store.getState().classes[0].id, photos);
  return store.getState().classes[0];
}

describe('the collection', () => {
  test('leaves out what a class has already, says how many, and has room for so many', () => {
    const store = createCollection(['cup', 'hand']);
    const [{ id }] = store.getState().classes;
    expect(store.add(id, [photo('a'), photo('b'), photo('a')])).toEqual({ twice: 1, noRoom: 0 });
    expect(store.add(id, [photo('b'), photo('c')])).toEqual({ twice: 1, noRoom: 0 });
    expect(store.add(id, frames(MOST_PHOTOS, 1))).toEqual({ twice: 0, noRoom: 3 });
    expect(store.getState().classes.map(({ photos }) => photos.length)).toEqual([MOST_PHOTOS, 0]);
    store.removePhoto(id, store.getState().classes[0].photos[0].id);
    expect(store.getState().classes[0].photos[0].mark).toBe('b');
    store.clear();
    expect(store.getState().classes.map(({ name, photos }) => [name, photos.length])).toEqual([
      ['cup', 0],
      ['hand', 0],
    ]);
  });

  test.each([
    ['', 'empty'],
    ['a/b', 'sign'],
    ['.a', 'sign'],
    ['Test', 'side'],
    [' Cup ', 'twice'],
    ['mug', null],
  ] as const)('%s: %s', (name, fault) => {
    expect(nameFault(name, ['cup'])).toBe(fault);
  });
});

describe('what is kept apart', () => {
  test('of a recording its end, with a frame left out between', () => {
    const { train, test: apart, between } = splitClass(classOf('cup', frames(20, 1)));
    expect(apart.map(({ mark }) => mark)).toEqual(['1-16', '1-17', '1-18', '1-19']);
    expect(between.map(({ mark }) => mark)).toEqual(['1-15']);
    expect(train).toHaveLength(15);
  });

  test('of photos each fifth; what was kept before stays on its side', () => {
    const photos = ['a', 'b', 'c', 'd', 'e', 'f'].map((mark) => photo(mark));
    expect(splitClass(classOf('cup', photos)).test.map(({ mark }) => mark)).toEqual(['e']);
    const sided = photos.map((each, i): NewPhoto => ({ ...each, side: i === 0 ? 'test' : 'train' }));
    expect(splitClass(classOf('cup', sided)).test.map(({ mark }) => mark)).toEqual(['a']);
  });

  test('nothing is on both sides or lost, and every class of two or more has both', () => {
    const any = fc.array(
      fc.record({ recording: fc.constantFrom(null, 1, 2, 3), side: fc.constantFrom(null, 'train', 'test') }),
      {
        minLength: 2,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(any, (given) => {
        const made = classOf(
          'cup',
          given.map(({ recording, side }, i) => ({ ...photo(String(i), recording), side }) as NewPhoto),
        );
        const { train, test: apart, between } = splitClass(made);
        expect([...train, ...apart, ...between].map(({ mark }) => mark).toSorted()).toEqual(
          made.photos.map(({ mark }) => mark).toSorted(),
        );
        expect(apart.length).toBeGreaterThan(0);
      }),
    );
    expect(canTrain([splitClass(classOf('cup', [photo('a')])), splitClass(classOf('hand', frames(20, 1)))])).toBe(
      false,
    );
    expect(canTrain([splitClass(classOf('cup', frames(20, 2))), splitClass(classOf('hand', frames(20, 1)))])).toBe(
      true,
    );
  });
});

describe('doubts', () => {
  test('few, unequal, in two classes, and frames that look alike are said', () => {
    const still = Array.from({ length: 40 }, (_, i) => photo(`s${i}`, 7, 90 + (i % 2)));
    const doubts = doubtsOf([classOf('cup', still), classOf('hand', [photo('s3'), photo('x')]), classOf('none', [])]);
    expect(doubts).toEqual([
      { kind: 'few', name: 'hand', photos: 2 },
      { kind: 'unequal', least: 'hand', most: 'cup', times: 20 },
      { kind: 'both', names: ['cup', 'hand'], photos: 1 },
      { kind: 'alike', name: 'cup', frames: 39, of: 40 },
    ]);
  });

  test('nothing is said of a good one', () => {
    expect(doubtsOf([classOf('cup', frames(20, 1)), classOf('hand', frames(24, 2))])).toEqual([]);
  });
});

test('what a folder says: the last one names the class, a zip of samples its own', () => {
  const file = (name: string): File => new File([], name);
  const files = ['set/train/cup/1.jpg', 'set/hand/2.jpg', 'set/.DS_Store/3.jpg', '4.jpg'].map((path) => ({
    path,
    file: file(path),
  }));
  expect(classesIn(files).map(({ name, files: list }) => [name, list.length])).toEqual([
    ['cup', 1],
    ['hand', 1],
    [null, 1],
  ]);
  expect(['mug-samples.zip', 'my mug_samples (2).zip', 'cups.zip'].map(nameOfZip)).toEqual(['mug', 'my mug', 'cups']);
  expect(spread([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5]);
});

test('pictures are told apart by every pixel, and alike by their greys', () => {
  const side = 32;
  const picture = (value: number) => new Uint8ClampedArray(side * side * 4).fill(value);
  const other = picture(100);
  other[5] = 101;
  expect(markOf(picture(100))).not.toBe(markOf(other));
  expect(markOf(picture(100))).toBe(markOf(picture(100)));
  expect(areAlike({ look: lookOf(picture(100), side) }, { look: lookOf(other, side) })).toBe(true);
  expect(areAlike({ look: lookOf(picture(100), side) }, { look: lookOf(picture(104), side) })).toBe(false);
});
