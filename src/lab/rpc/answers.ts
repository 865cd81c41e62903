/** What a worker does for each kind of call. */
import type { Control } from '../../contract/progress.ts';

/** The calls of one worker: what each kind is asked with, and what it answers. */
export type CallMap = Readonly<Record<string, { readonly args: unknown; readonly result: unknown }>>;

/** @throws what the caller is told, as a sentence; the signal's reason, once it is aborted */
export type Answers<C> = {
  readonly [K in keyof C]: C[K] extends { readonly args: infer A; readonly result: infer R }
    ? (args: A, control: Control) => Promise<R>
    : never;
};
