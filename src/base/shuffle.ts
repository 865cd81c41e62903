/** Repeatable randomness: a generator for each list of integers, and shuffling. */

import { mix, uniform } from './random.ts';
import type { Random } from './random.ts';

/**
 * The generator belonging to `key`, for example (seed, epoch, image): any two keys give unrelated streams, so an
 * epoch or an image can be replayed without the ones before it. The state is a hash of the key.
 */
export function randomFor(...key: readonly number[]): Random {
  let hash = 0x9e3779b9;
  for (const part of key) hash = mix(Math.imul(hash, 31) + part + 0x6d2b79f5);
  return uniform([mix(hash + 0x9e3779b9), mix(hash + 0x3c6ef372), mix(hash + 0xdaa66d2b), mix(hash + 0x78dde6e4) | 1]);
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
