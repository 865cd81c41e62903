/** What a map must hold, or an error that names what it lacks. */

/** @throws Error "<name> has no <what>." */
export function lookUp<T>(map: ReadonlyMap<string, T>, name: string, what: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`${name} has no ${what}.`);
  return value;
}
