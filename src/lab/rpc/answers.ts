/** What a worker does for each kind of call. */
import type { CallMap, KindOf, ProgressOf } from '../../contract/calls/messages.ts';
import type { Control } from '../../contract/progress.ts';

/** Each throws an error whose message the caller is shown; once the signal is aborted, the signal's reason. */
export type Answers<C extends CallMap> = {
  readonly [K in KindOf<C>]: (args: C[K]['args'], control: Control<ProgressOf<C, K>>) => Promise<C[K]['result']>;
};
