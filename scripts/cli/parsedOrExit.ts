/** What a script makes of its command line; a wrong argument is one line on stderr and exit code 2. */
export function parsedOrExit<T>(parse: (argv: readonly string[]) => T): T {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
