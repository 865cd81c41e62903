/** What differs between the twin's rows before and after a change. Times and the commit may; a key may be new. */

type Row = Readonly<Record<string, unknown>>;

export type Comparison = {
  /** One sentence for each value that differs, "row 2, layers[3].divergence: 0.5 before, 0.25 after". */
  readonly differences: readonly string[];
  /** Paths of keys that only the later rows have, without the places in lists, sorted. */
  readonly added: readonly string[];
};

/** Keys whose values no two runs share. */
const OF_THE_RUN: ReadonlySet<string> = new Set(['seconds', 'finished', 'commit']);

/** As much of a value as a sentence can bear. */
const QUOTED = 80;

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null;

/**
 * Compares values exactly, numbers too, to any depth.
 * @param leftOut keys that may differ besides `seconds`, `finished` and `commit`, at any depth
 */
export function compareRows(
  before: readonly Row[],
  after: readonly Row[],
  leftOut: readonly string[] = [],
): Comparison {
  const differences: string[] = [];
  const added = new Set<string>();
  const skipped = new Set([...OF_THE_RUN, ...leftOut]);

  function compare(was: unknown, is: unknown, path: string, where: string): void {
    if (Array.isArray(was) && Array.isArray(is)) {
      if (was.length !== is.length) differences.push(`${where}: ${was.length} entries before, ${is.length} after`);
      else was.forEach((value, i) => compare(value, is[i], `${path}[]`, `${where}[${i}]`));
      return;
    }
    if (!isObject(was) || !isObject(is) || Array.isArray(was) !== Array.isArray(is)) {
      if (!Object.is(was, is)) differences.push(`${where}: ${quoted(was)} before, ${quoted(is)} after`);
      return;
    }
    for (const name of Object.keys(was).filter((key) => !skipped.has(key))) {
      const inner = path === '' ? name : `${path}.${name}`;
      const place = path === '' ? `${where}, ${name}` : `${where}.${name}`;
      if (name in is) compare(was[name], is[name], inner, place);
      else differences.push(`${place}: ${quoted(was[name])} before, absent after`);
    }
    for (const name of Object.keys(is).filter((key) => !(key in was) && !skipped.has(key)))
      added.add(path === '' ? name : `${path}.${name}`);
  }

  if (before.length !== after.length) differences.push(`${before.length} rows before, ${after.length} after`);
  else before.forEach((row, i) => compare(row, after[i], '', `row ${i + 1}`));
  return { differences, added: [...added].sort() };
}
