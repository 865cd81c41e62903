/** The threads that run a network, this one among them, and what they can. */
import { spelled } from '../../../base/text/plural.ts';
import { takeHelpers } from './helpers.ts';
import { askEighthBit, hasRelaxedSimd, instantiate, moduleOf, type EighthBit, type Exports } from './processor.ts';
import type { OpenOptions } from '../types.ts';

export type Crew = {
  readonly threads: number;
  readonly relaxed: boolean;
  readonly eighthBit: EighthBit;
  /** What runs, in words. */
  readonly description: string;
  /** Puts all threads to work on a memory; `sync` is their meeting place in it. */
  readonly begin: (memory: WebAssembly.Memory, sync: number) => Promise<Exports>;
  /** Lets the helpers go, whether they have begun or not. */
  readonly release: () => void;
};

/** Helpers are on their way from here on. */
export function callCrew(options: Pick<OpenOptions, 'threads' | 'startHelper' | 'relaxed' | 'eighthBit'>): Crew {
  // A page's own thread must not wait for others.
  const mayWait = typeof document === 'undefined';
  const threads = options.startHelper && mayWait ? Math.max(1, options.threads ?? 1) : 1;
  const relaxed = (options.relaxed ?? true) && hasRelaxedSimd();
  const eighthBit = options.eighthBit ?? (relaxed ? askEighthBit() : 'unknown');
  const starting = takeHelpers(threads - 1, options.startHelper);
  let release = (): void => void starting.then((helpers) => helpers.release());
  return {
    threads,
    relaxed,
    eighthBit,
    description: describe(relaxed, eighthBit, threads),
    async begin(memory, sync) {
      const module = moduleOf({ relaxed, shared: threads > 1 });
      const exports = instantiate(module, memory);
      const helpers = await starting;
      release = () => helpers.release();
      await helpers.begin({ module, memory, threads, sync });
      return exports;
    },
    release: () => release(),
  };
}

const DOT = {
  unsigned: 'relaxed SIMD with VNNI',
  saturating: 'relaxed SIMD without VNNI',
  signed: 'relaxed SIMD on ARM',
  unknown: 'relaxed SIMD',
} as const satisfies Record<EighthBit, string>;

const describe = (relaxed: boolean, eighthBit: EighthBit, threads: number): string =>
  `WebAssembly, ${relaxed ? DOT[eighthBit] : 'SIMD without relaxed dot products'}, ${spelled(threads, 'thread')}`;
