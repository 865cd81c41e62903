/** Calls of the experiment grid: one cell at a time, so that other work gets its turn between two. Types only. */
import type { Cell, GridRecord, GridRow } from '../grid/grid.ts';
import type { Progress } from '../progress.ts';

export type GridCalls = {
  gridCell: { args: Cell; result: GridRow; progress: Progress };
  /** Every record kept, of any grid. */
  gridRecords: { args: null; result: readonly GridRecord[] };
  keepGridRecord: { args: GridRecord; result: null };
  /** Forgets the records of these keys. */
  forgetGridRecords: { args: readonly string[]; result: null };
};
