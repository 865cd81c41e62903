/** The order of work in a worker: which call may start, which waits, and which stands aside while others go first. */
import type { CallMap, CallRequest } from '../../contract/calls/messages.ts';
import type { CallRules } from '../../contract/calls/rules.ts';

export type Turns<C extends CallMap> = {
  /** `begin` is called as soon as the call may start, which may be at once. */
  readonly enter: (call: CallRequest<C>, begin: () => void) => void;
  /** It has ended: others may start. */
  readonly leave: (call: CallRequest<C>) => void;
  /**
   * Asked by a call between two pieces of its work. null: it goes on. A promise: another call goes first, and it resolves
   * when this one's turn has come again.
   */
  readonly standAside: (call: CallRequest<C>) => Promise<void> | null;
  /**
   * A call that waits need not wait any longer. One that has not begun never begins; one that stands aside goes on at once,
   * to see that it is cancelled.
   * @returns whether it has not begun
   */
  readonly withdraw: (call: CallRequest<C>) => boolean;
  /** Those that wait, and the call that each waits for. */
  readonly waiting: () => readonly { readonly call: CallRequest<C>; readonly behind: CallRequest<C> }[];
};

type Entry<C extends CallMap> = {
  readonly call: CallRequest<C>;
  readonly begin: () => void;
  /** It has begun before, and stands aside. */
  readonly begun: boolean;
};

export function createTurns<C extends CallMap>(rules: CallRules<C>): Turns<C> {
  /** Every call that has come and not ended. */
  const present = new Set<CallRequest<C>>();
  /** Of the calls that wait for a turn, those that have it. */
  const atWork = new Set<CallRequest<C>>();
  let queue: Entry<C>[] = [];

  /** Those of a lower rank go first. */
  const rankOf = ({ kind }: CallRequest<C>): number => (rules[kind].standsAside ? 2 : rules[kind].inTurns ? 1 : 0);
  function runsBeside(other: CallRequest<C>, { kind }: CallRequest<C>): boolean {
    const { beside } = rules[other.kind];
    return beside !== 'all' && beside.includes(kind);
  }
  const goesFirst = (other: CallRequest<C>, call: CallRequest<C>): boolean =>
    rankOf(other) < rankOf(call) && !runsBeside(other, call);
  const isSomeoneFirst = (call: CallRequest<C>): boolean => [...present].some((other) => goesFirst(other, call));

  function mayStart(call: CallRequest<C>): boolean {
    const { beside } = rules[call.kind];
    if (isSomeoneFirst(call)) return false;
    return beside === 'all' || [...atWork].every((other) => beside.includes(other.kind));
  }

  /** In the order of asking, but that those that stand aside come last. */
  const inOrder = (): readonly Entry<C>[] =>
    queue.toSorted((a, b) => Number(rules[a.call.kind].standsAside) - Number(rules[b.call.kind].standsAside));

  function next(): void {
    const entry = inOrder().find(({ call }) => mayStart(call));
    if (!entry) return;
    queue = queue.filter((other) => other !== entry);
    atWork.add(entry.call);
    entry.begin();
    next();
  }

  return {
    enter(call, begin) {
      present.add(call);
      if (rules[call.kind].beside === 'all') return begin();
      queue.push({ call, begin, begun: false });
      next();
    },
    leave(call) {
      present.delete(call);
      atWork.delete(call);
      next();
    },
    standAside(call) {
      if (!atWork.has(call) || !isSomeoneFirst(call)) return null;
      atWork.delete(call);
      const again = new Promise<void>((begin) => queue.unshift({ call, begin, begun: true }));
      next();
      return again;
    },
    withdraw(call) {
      const entry = queue.find((each) => each.call === call);
      if (!entry) return false;
      queue = queue.filter((other) => other !== entry);
      if (entry.begun) entry.begin();
      else present.delete(call);
      return !entry.begun;
    },
    waiting: () =>
      inOrder().flatMap(({ call }, at, all) => {
        const behind = [...atWork, ...[...present].filter((other) => goesFirst(other, call))].at(0);
        const first = behind ?? all.at(at - 1)?.call;
        return first && first !== call ? [{ call, behind: first }] : [];
      }),
  };
}
