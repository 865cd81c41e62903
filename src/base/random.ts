/** Seeded random numbers, the same in every JavaScript engine. */

/** The next number of a sequence, uniform in [0, 1), a multiple of 2^-32. */
export type Random = () => number;

/** The 128 bits that xoshiro128** steps through. */
export type RandomState = readonly [number, number, number, number];

const rotateLeft = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/**
 * The sequence of unsigned 32-bit integers of xoshiro128** 1.1 (Blackman and Vigna, public domain,
 * https://prng.di.unimi.it/xoshiro128starstar.c) from a state that is not all zeros.
 */
export function xoshiro128(state: RandomState): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** The same sequence as numbers in [0, 1). */
export function uniform(state: RandomState): Random {
  const next = xoshiro128(state);
  return () => next() / 2 ** 32;
}

/** MurmurHash3's 32-bit finalizer (Appleby, public domain): every bit of x sways every bit of the result. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * A generator from a seed. The state is four steps of a Weyl sequence through `mix`, so that neighbouring seeds start far apart.
 * @param seed an integer; its low 32 bits count.
 * @throws Error if the seed is not an integer.
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new Error(`The random seed is ${seed}: it must be an integer.`);
  const word = (step: number): number => mix((seed + Math.imul(step, 0x9e3779b9)) | 0);
  return uniform([word(1), word(2), word(3), word(4)]);
}

/** sqrt(8 / e) */
const WIDTH = 1.7155277699214135;

/**
 * A number from the standard normal distribution, by the ratio of uniforms (Kinderman and Monahan 1977).
 * The logarithm, which engines may round differently, only accepts or rejects and is no part of the value.
 */
export function normal(random: Random): number {
  for (;;) {
    const u = 1 - random();
    const x = (WIDTH * (random() - 0.5)) / u;
    if (x * x <= -4 * Math.log(u)) return x;
  }
}
