import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  batchesPerEpoch,
  calibrationIndices,
  evaluationBatches,
  indicesKeptApart,
  trainingBatches,
} from './batches.ts';
import { normalize } from './normalize.ts';
import { randomFor } from '../base/shuffle.ts';
import type { ImageSet } from './types.ts';

const CLASSES = ['a', 'b', 'c'];
const UNIT = { mean: [0, 0, 0], std: [1, 1, 1] };
const CIFAR = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };

/** Random images, no pixel black: so black can only be padding. */
function makeSet(count: number, side = 8): ImageSet {
  const random = randomFor(7, count, side);
  return {
    height: side,
    width: side,
    count,
    pixels: Uint8Array.from({ length: count * side * side * 3 }, () => 1 + random() * 255),
    labels: Int32Array.from({ length: count }, (_, i) => i % CLASSES.length),
    classes: CLASSES,
  };
}

describe('normalize', () => {
  test('is float32 arithmetic, step by step, for every pixel value and channel', () => {
    const pixels = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    const set: ImageSet = { height: 16, width: 16, count: 1, pixels, labels: new Int32Array(1), classes: CLASSES };
    const images = normalize(set, [0], CIFAR);
    const steps = new Float32Array(4);
    pixels.forEach((pixel, i) => {
      [steps[0], steps[1], steps[2]] = [pixel / 255, CIFAR.mean[i % 3], CIFAR.std[i % 3]];
      steps[3] = steps[0] - steps[1];
      steps[3] = steps[3] / steps[2];
      expect(images[i]).toBe(steps[3]);
    });
  });

  test('keeps the order asked for', () => {
    const set = makeSet(4);
    const [a, b] = [normalize(set, [2, 0], CIFAR), normalize(set, [0], CIFAR)];
    expect(a.subarray(b.length)).toEqual(b);
    expect(normalize(set, [2], CIFAR)).toEqual(a.subarray(0, b.length));
  });

  test('refuses images that are not there and normalizations that are not for RGB', () => {
    const set = makeSet(2);
    expect(() => normalize(set, [2], UNIT)).toThrow('Image 2 was asked for, but the set holds images 0 to 1.');
    for (const bad of [
      { mean: [0], std: [1] },
      { mean: [0, 0, 0], std: [1, 0, 1] },
      { mean: [0, NaN, 0], std: [1, 1, 1] },
    ]) {
      expect(() => normalize(set, [0], bad)).toThrow('three means and three positive deviations');
    }
  });
});

describe('evaluationBatches', () => {
  test('gives every image once, in order, the last batch ragged', () => {
    const set = makeSet(10);
    const batches = [...evaluationBatches(set, { batchSize: 4, normalization: CIFAR })];
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 8, 8, 3],
      [4, 8, 8, 3],
      [2, 8, 8, 3],
    ]);
    expect(batches.flatMap(({ indices }) => [...indices])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(batches.flatMap(({ labels }) => [...labels])).toEqual([...set.labels]);
    const whole = normalize(set, [...set.labels.keys()], CIFAR);
    expect(batches.flatMap(({ images }) => [...images])).toEqual([...whole]);
  });

  test('keeps to first and count', () => {
    const batches = [...evaluationBatches(makeSet(10), { batchSize: 3, normalization: UNIT, first: 2, count: 5 })];
    expect(batches.map(({ indices }) => [...indices])).toEqual([
      [2, 3, 4],
      [5, 6],
    ]);
  });

  test('refuses at once what the set does not hold', () => {
    const set = makeSet(10);
    const ask = (more: object) => () => evaluationBatches(set, { batchSize: 4, normalization: UNIT, ...more });
    expect(ask({ first: 8, count: 3 })).toThrow('Images 8 to 10 were asked for, but the set holds images 0 to 9.');
    expect(ask({ first: 10 })).toThrow('The number of images is 0');
    expect(ask({ batchSize: 0 })).toThrow('The batch size is 0');
    expect(ask({ first: -1 })).toThrow('The first image is -1');
  });
});

describe('trainingBatches', () => {
  const options = { batchSize: 8, normalization: UNIT, seed: 5, epoch: 3, augment: true };

  test('gives full batches of different images, the ragged rest dropped, in an order of their own each epoch', () => {
    const set = makeSet(30);
    const epoch = (number: number): number[] =>
      [...trainingBatches(set, { ...options, epoch: number })].flatMap(({ shape, indices }) => {
        expect(shape).toEqual([8, 8, 8, 3]);
        return [...indices];
      });
    const [first, second] = [epoch(0), epoch(1)];
    expect(batchesPerEpoch(set, 8)).toBe(3);
    for (const order of [first, second]) expect(new Set(order).size).toBe(24);
    expect(first).not.toEqual(second);
    expect(epoch(1)).toEqual(second);
  });

  test('any batch can be made again without those before it, and not with another seed', () => {
    const set = makeSet(40);
    const whole = [...trainingBatches(set, options)];
    expect([...trainingBatches(set, { ...options, firstBatch: 2 })]).toEqual(whole.slice(2));
    expect([...trainingBatches(set, { ...options, firstBatch: 5 })]).toEqual([]);
    const [other] = trainingBatches(set, { ...options, seed: 6 });
    expect(other.indices).not.toEqual(whole[0].indices);
  });

  test('without augmentation gives the images as they are', () => {
    const set = makeSet(16);
    for (const { images, indices, labels } of trainingBatches(set, { ...options, augment: false })) {
      expect(images).toEqual(normalize(set, indices, UNIT));
      expect([...labels]).toEqual([...indices].map((index) => set.labels[index]));
    }
  });

  test('refuses at once a batch larger than the set, and options that are no whole numbers', () => {
    expect(() => trainingBatches(makeSet(7), options)).toThrow(
      'A batch of 8 was asked for, but the training set holds 7 images.',
    );
    expect(() => trainingBatches(makeSet(9), { ...options, epoch: 0.5 })).toThrow('The epoch is 0.5');
    expect(() => trainingBatches(makeSet(9), { ...options, seed: -1 })).toThrow('The seed is -1');
  });
});

describe('augmentation', () => {
  const SIDE = 12;
  const set = makeSet(400, SIDE);
  const black = UNIT.mean[0];
  const batches = [...trainingBatches(set, { batchSize: 400, normalization: UNIT, seed: 1, epoch: 0, augment: true })];
  const [{ images, indices }] = batches;

  /** The crop of image `index` by (top, left), then the flip, straight from the definition. */
  const cropped = (index: number, top: number, left: number, flip: boolean): Float32Array => {
    const plain = normalize(set, [index], UNIT);
    const padded = (y: number, x: number, c: number): number =>
      y < 0 || x < 0 || y >= SIDE || x >= SIDE ? black : plain[(y * SIDE + x) * 3 + c];
    return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
      const [c, x, y] = [i % 3, Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
      return padded(y + top, (flip ? SIDE - 1 - x : x) + left, c);
    });
  };
  const offsets = Array.from({ length: 9 }, (_, i) => i - 4);
  const moves = offsets.flatMap((top) => offsets.flatMap((left) => [false, true].map((flip) => ({ top, left, flip }))));
  const size = SIDE * SIDE * 3;
  const found = Array.from(indices.subarray(0, 120), (index, i) => {
    const image = Buffer.from(images.buffer, i * size * 4, size * 4);
    return moves.find(({ top, left, flip }) => image.equals(Buffer.from(cropped(index, top, left, flip).buffer)));
  });

  test('every image is a crop of its padded self, flipped or not', () => {
    expect(found).not.toContain(undefined);
  });

  test('all offsets from -4 to 4 and both flips occur', () => {
    for (const key of ['top', 'left'] as const) {
      expect(new Set(found.map((move) => move?.[key]))).toEqual(new Set(offsets));
    }
    const flips = found.filter((move) => move?.flip).length;
    // Binomial, 120 trials of 1/2: four deviations on either side.
    expect(flips).toBeGreaterThan(60 - 22);
    expect(flips).toBeLessThan(60 + 22);
  });

  test('pads with black pixels before normalization, not with zero after it', () => {
    const [first] = trainingBatches(set, { batchSize: 400, normalization: CIFAR, seed: 1, epoch: 0, augment: true });
    const padding = images.findIndex((value, i) => i % 3 === 0 && value === black);
    expect(padding).toBeGreaterThanOrEqual(0);
    const blackPixel = CIFAR.mean.map((mean, c) => -mean / CIFAR.std[c]);
    blackPixel.forEach((value, c) => expect(first.images[padding + c]).toBeCloseTo(value, 5));
  });

  test('an image is cropped in another way in the next epoch', () => {
    const [next] = trainingBatches(set, { batchSize: 400, normalization: UNIT, seed: 1, epoch: 1, augment: true });
    const place = next.indices.indexOf(indices[0]);
    expect(next.images.slice(place * size, (place + 1) * size)).not.toEqual(images.slice(0, size));
  });
});

describe('calibrationIndices', () => {
  test('draws different images, classes balanced to within one, the same for the same seed', () => {
    const set = makeSet(90);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.nat(), (n, seed) => {
        const drawn = calibrationIndices(set, n, seed);
        expect(new Set(drawn).size).toBe(n);
        const counts = CLASSES.map((_, label) => [...drawn].filter((index) => set.labels[index] === label).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(calibrationIndices(set, n, seed)).toEqual(drawn);
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(calibrationIndices(set, 30, 1)).not.toEqual(calibrationIndices(set, 30, 2));
  });

  test('takes what there is when the classes are uneven', () => {
    const set = { ...makeSet(20), labels: Int32Array.from({ length: 20 }, (_, i) => (i < 18 ? 0 : 1)) };
    const drawn = [...calibrationIndices(set, 12, 4)];
    expect(drawn.filter((index) => set.labels[index] === 1)).toHaveLength(2);
    expect(drawn).toHaveLength(12);
  });

  test('what is kept apart is what would have been drawn next, and ends with the set', () => {
    const uneven = { ...makeSet(90), labels: Int32Array.from({ length: 90 }, (_, i) => (i < 70 ? 0 : i % 3)) };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 89 }), fc.integer({ min: 1, max: 90 }), fc.nat(), (n, wanted, seed) => {
        for (const set of [makeSet(90), uneven]) {
          const [drawn, apart] = [calibrationIndices(set, n, seed), indicesKeptApart(set, n, wanted, seed)];
          expect(apart).toHaveLength(Math.min(wanted, 90 - n));
          expect([...drawn, ...apart]).toEqual([...calibrationIndices(set, n + apart.length, seed)]);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('refuses more images than there are', () => {
    expect(() => calibrationIndices(makeSet(9), 10, 1)).toThrow(
      '10 calibration images were asked for, but the training set holds 9.',
    );
  });
});
