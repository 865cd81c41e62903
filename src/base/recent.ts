/** The last few of what was made, by name: the one that was used longest ago goes first. */

export type Recent<T> = {
  /** The value of this name, made where it is not kept. */
  readonly get: (name: string, make: () => T) => T;
};

export function recent<T>(limit: number): Recent<T> {
  const kept = new Map<string, T>();
  return {
    get(name, make) {
      const value = kept.has(name) ? (kept.get(name) as T) : make();
      kept.delete(name);
      kept.set(name, value);
      const oldest = kept.keys().next();
      if (kept.size > limit && !oldest.done) kept.delete(oldest.value);
      return value;
    },
  };
}
