/** A case is a number: it says the reader, the seed and every mutation. */
import { seededRandom } from '../../src/base/random.ts';
import type { Bytes } from '../../src/data/types.ts';
import { faultOf } from './faults.ts';
import { mutatedBytes, mutatedTree, pick } from './mutate.ts';
import { READERS, type Reader } from './readers.ts';
import type { Seed } from './seeds.ts';

/** Each reader's cases, in the numbers from `seed` times this on. */
export const CASES_OF_A_SEED = 1_000_000;

const made = new Map<string, Promise<readonly Seed[]>>();

function seedsOf(reader: Reader): Promise<readonly Seed[]> {
  const known = made.get(reader.name);
  if (known) return known;
  const fresh = Promise.resolve(reader.seeds());
  made.set(reader.name, fresh);
  return fresh;
}

const encoded = async (seed: Seed): Promise<Uint8Array> =>
  seed.kind === 'bytes' ? seed.bytes : seed.encode(seed.tree as never);

/** The case's file; null where the encoder takes no such value. */
async function fileOf(seeds: readonly Seed[], random: () => number): Promise<Bytes | null> {
  const seed = pick(random, seeds);
  try {
    const damaged = seed.kind === 'bytes' || random() < 0.1;
    if (!damaged) return (await seed.encode(mutatedTree(seed.tree, random, seed.typed) as never)).slice() as Bytes;
    const other = await encoded(pick(random, seeds));
    return mutatedBytes(await encoded(seed), random, other).slice() as Bytes;
  } catch {
    return null;
  }
}

export type Outcome = {
  readonly reader: string;
  readonly bytes: Bytes | null;
  readonly ended: 'accepted' | 'refused' | 'not made';
  /** What the reader may not do; null: nothing. */
  readonly fault: string | null;
};

export const readerOf = (number: number, readers: readonly Reader[] = READERS): Reader =>
  readers[number % readers.length];

export async function runCase(number: number, readers: readonly Reader[] = READERS): Promise<Outcome> {
  const reader = readerOf(number, readers);
  const seeds = await seedsOf(reader);
  const bytes = await fileOf(seeds, seededRandom(number));
  if (bytes === null) return { reader: reader.name, bytes, ended: 'not made', fault: null };
  try {
    await reader.read(bytes);
    return { reader: reader.name, bytes, ended: 'accepted', fault: null };
  } catch (error) {
    return { reader: reader.name, bytes, ended: 'refused', fault: faultOf(error) };
  }
}

/** The seeds themselves are good files. @throws what a reader throws */
export async function requireGoodSeeds(): Promise<void> {
  for (const reader of READERS)
    for (const seed of await seedsOf(reader)) await reader.read((await encoded(seed)).slice() as Bytes);
}
