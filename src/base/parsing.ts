/** Checks of a value from outside, each refusing with a sentence that names the field. */
import { plainText } from './plainText.ts';

/** @throws TypeError when the value is no object */
export function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${what} is missing or no object.`);
  return value as Readonly<Record<string, unknown>>;
}

/** @throws TypeError when the value is none of those allowed */
export function oneOf<const T>(field: string, value: unknown, allowed: readonly T[]): T {
  const index = allowed.indexOf(value as T);
  if (index < 0) throw refusal(field, value, `one of ${allowed.map((choice) => JSON.stringify(choice)).join(', ')}`);
  return allowed[index];
}

/** The error for a scheme's field that holds what it may not. */
export function refusal(field: string, value: unknown, allowed: string): TypeError {
  return new TypeError(
    `The scheme's "${field}" is ${plainText(JSON.stringify(value) ?? 'missing', 80)}; it must be ${allowed}.`,
  );
}
