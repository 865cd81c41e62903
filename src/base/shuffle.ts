/** Repeatable randomness: a generator for each list of integers, and shuffling. */

/** Uniform in [0, 1), a multiple of 2^-32. */
export type Random = () => number;

/** MurmurHash3's finalizer: every bit of x sways every bit of the result. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** xoshiro128** (Blackman and Vigna, 2018) from four 32-bit words, not all zero. */
export const xoshiro128 =
  (a: number, b: number, c: number, d: number): Random =>
  () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return (result >>> 0) / 2 ** 32;
  };

/**
 * The generator belonging to `key`, for example (seed, epoch, image): any two keys give unrelated streams, so an
 * epoch or an image can be replayed without the ones before it. The state is a hash of the key.
 */
export function randomFor(...key: readonly number[]): Random {
  let hash = 0x9e3779b9;
  for (const part of key) hash = mix(Math.imul(hash, 31) + part + 0x6d2b79f5);
  return xoshiro128(mix(hash + 0x9e3779b9), mix(hash + 0x3c6ef372), mix(hash + 0xdaa66d2b), mix(hash + 0x78dde6e4) | 1);
}

/** First part of a key: keeps the uses of one seed apart. */
export const STREAM = { shuffle: 1, augment: 2, calibration: 3, split: 4, test: 5 } as const;

/** Uniform integer in 0 .. limit - 1. */
export const randomBelow = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Shuffles in place (Fisher and Yates) and returns the array. */
export function shuffle<T extends Int32Array | number[]>(values: T, random: Random): T {
  for (let last = values.length - 1; last > 0; last--) {
    const other = randomBelow(random, last + 1);
    const value = values[last];
    values[last] = values[other];
    values[other] = value;
  }
  return values;
}

/** 0 .. count - 1 in random order. */
export const permutation = (count: number, random: Random): Int32Array<ArrayBuffer> =>
  shuffle(
    Int32Array.from({ length: count }, (_, index) => index),
    random,
  );

/**
 * Up to `perClass` indices of each class, in rounds: each round holds one image of every class that has any left, in
 * random order. So the first n are as balanced as n images can be.
 */
export function balancedIndices(labels: Int32Array, classCount: number, perClass: number, random: Random): number[] {
  const byClass: number[][] = Array.from({ length: classCount }, () => []);
  for (const index of permutation(labels.length, random)) {
    const members = byClass[labels[index]];
    if (members.length < perClass) members.push(index);
  }
  const chosen: number[] = [];
  const rounds = Math.max(...byClass.map((members) => members.length));
  for (let round = 0; round < rounds; round++) {
    chosen.push(
      ...shuffle(
        byClass.flatMap((members) => members.slice(round, round + 1)),
        random,
      ),
    );
  }
  return chosen;
}
