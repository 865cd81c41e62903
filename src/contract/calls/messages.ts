/** The messages between a page and the lab's worker. */
import type { Progress } from '../progress.ts';
import type { FailureCode } from '../errors.ts';
import type { Calls, CallKind } from './calls.ts';

export type Request =
  | { readonly [K in CallKind]: { readonly id: number; readonly kind: K; readonly args: Calls[K]['args'] } }[CallKind]
  | { readonly id: number; readonly kind: 'cancel' };

export type Response =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: Progress }
  | { readonly id: number; readonly kind: 'result'; readonly result: Calls[CallKind]['result'] }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly code?: FailureCode }
  | { readonly id: number; readonly kind: 'cancelled' };
