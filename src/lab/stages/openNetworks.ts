/** Networks that stay open for whoever asks for the same one next: a preview, its evaluation and its race share one opening. */
import type { OpenNetwork } from '../engines/types.ts';

/** A page compares a handful of widths; a ResNet-50 holds 100 MB. */
const KEPT = 4;

export type OpenNetworks = {
  /**
   * One that is idle, or a new one; whoever has it has it alone, and `close` gives it back.
   * @param owner the network's numbers: others mean another network
   * @param name which of its openings: engine, threads
   */
  readonly take: (owner: object, name: string, open: () => Promise<OpenNetwork>) => Promise<OpenNetwork>;
  /** Closes what is idle, and what is in use as soon as it is given back. */
  readonly closeAll: () => Promise<void>;
};

type Idle = { readonly owner: object; readonly name: string; readonly network: OpenNetwork };

/** @param limit idle ones that stay open; the one that was used longest ago is closed first */
export function keepOpen(limit = KEPT): OpenNetworks {
  let idle: Idle[] = [];
  let generation = 0;

  function lent(entry: Idle, since: number): OpenNetwork {
    let isLent = true;
    return {
      ...entry.network,
      async close() {
        if (!isLent) return;
        isLent = false;
        if (since !== generation) return entry.network.close();
        idle.push(entry);
        if (idle.length > limit) await idle.shift()?.network.close();
      },
    };
  }

  return {
    async take(owner, name, open) {
      const since = generation;
      const known = idle.findLast((each) => each.owner === owner && each.name === name);
      if (known) {
        idle = idle.filter((each) => each !== known);
        return lent(known, since);
      }
      return lent({ owner, name, network: await open() }, since);
    },
    async closeAll() {
      generation++;
      const closing = idle;
      idle = [];
      for (const { network } of closing) await network.close();
    },
  };
}
