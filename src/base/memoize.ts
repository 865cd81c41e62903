/** Remembers what an asynchronous function gave for each choice of arguments; a failure is forgotten, so that it can be tried again. */
export function memoize<A extends readonly unknown[], T>(
  make: (...args: A) => Promise<T>,
): ((...args: A) => Promise<T>) & { readonly forget: () => void } {
  const known = new Map<string, Promise<T>>();
  const call = (...args: A): Promise<T> => {
    const key = JSON.stringify(args);
    const found = known.get(key);
    if (found) return found;
    const made = make(...args);
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
  return Object.assign(call, { forget: () => known.clear() });
}
