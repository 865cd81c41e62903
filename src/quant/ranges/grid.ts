/** What a search for a range is given: the grid, and how errors count. Data for TypeScript and for WebAssembly. */
import type { QRange } from '../affine.ts';

/** The integers a range is wanted for, and whether their grid is symmetric (zeroPoint 0). */
export type Grid = QRange & { readonly symmetric: boolean };

/** |error|^exponent, with a table for errors of up to half a step: most are, and a power is slow. */
export type ErrorPower = {
  readonly exponent: number;
  readonly table: Float64Array;
  /** The table as the kernel reads it: see packedPower in search.ts. */
  readonly packed: Float64Array;
};
