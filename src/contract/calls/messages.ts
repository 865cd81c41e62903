/** The messages between a page and the lab's worker. */
/** The messages between a page and a worker, for any map of calls: the lab's, or the datasets'. Types only. */
import type { FailureCode } from '../errors.ts';

/**
 * The calls that one worker answers, by their kind: what each is asked with, what it answers, and what it reports on its
 * way. A call without `progress` reports nothing. No call is of the kind `cancel` or `ping`.
 */
export type CallMap = Readonly<
  Record<string, { readonly args: unknown; readonly result: unknown; readonly progress?: unknown }>
>;

export type KindOf<C extends CallMap> = keyof C & string;

/** What calls of this kind report; never: nothing. */
export type ProgressOf<C extends CallMap, K extends keyof C> = C[K] extends { readonly progress: infer P } ? P : never;

/** What any call of the worker reports. */
export type AnyProgress<C extends CallMap> = { [K in keyof C]: ProgressOf<C, K> }[keyof C];

/** One call on its way to the worker; `id` is the same in all messages about it. */
export type CallRequest<C extends CallMap> = {
  readonly [K in KindOf<C>]: { readonly id: number; readonly kind: K; readonly args: C[K]['args'] };
}[KindOf<C>];

/** `ping` asks only whether the worker hears; no call has its id. */
export type Request<C extends CallMap> =
  CallRequest<C> | { readonly id: number; readonly kind: 'cancel' } | { readonly id: 0; readonly kind: 'ping' };

export type Response<C extends CallMap> =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: AnyProgress<C> }
  | { readonly id: number; readonly kind: 'result'; readonly result: C[KindOf<C>]['result'] }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly code?: FailureCode }
  | { readonly id: number; readonly kind: 'cancelled' }
  /** The answer to a ping; out of a long computation also unasked. */
  | { readonly id: 0; readonly kind: 'pong' };
