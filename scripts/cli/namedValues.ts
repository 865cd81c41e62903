/** `--name value` pairs of a command line whose names are known beforehand. */
import { parseArgs } from 'node:util';

/** @throws RangeError, one line that names the argument and the allowed ones */
export function namedValues(argv: readonly string[], names: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    throw new RangeError(`${first} Allowed arguments: ${names.map((name) => `--${name}`).join(', ')}.`, {
      cause: error,
    });
  }
}
