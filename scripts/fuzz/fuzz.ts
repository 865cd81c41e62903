/**
 * `npm run fuzz -- --minutes 10`: files with wrongs of every kind for every reader. No case may take over 2 s or 500 MB,
 * fail with the engine's own words, or be accepted where it cannot be true.
 * `--seed S` begins with case S million; `--reader zip --case N` runs that one case again.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { parseArgs } from 'node:util';
import { CASES_OF_A_SEED } from './cases.ts';
import type { Said } from './child.ts';
import { READERS } from './readers.ts';

const { values: args } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    reader: { type: 'string' },
    case: { type: 'string' },
  },
});

/** A case that has not ended by then hangs; it has 2 s, on a machine that others use, too. */
const HANGS_MS = 20_000;
/** The child's exit code where the seeds themselves are not read. */
const BAD_SEEDS = 3;
/** Making the seeds takes a moment. */
const STARTING_MS = 120_000;

/** As many of one reader and kind are enough to begin with. */
const SHOWN = 3;

type Tally = { readonly ended: Map<string, number>; readonly faults: Map<string, number> };

const add = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

/** The sort of a fault: its words without its numbers and names. */
const sortOf = (reader: string, fault: string): string =>
  `${reader}: ${fault.replace(/[\d"'][^ ]*/g, '#').slice(0, 90)}`;

/** @returns the number of the next case; null at the end of the time */
function runChild(first: number, end: number, { ended, faults }: Tally): Promise<number | null> {
  const child: ChildProcess = fork(
    new URL('./child.ts', import.meta.url),
    [String(first), ...(args.reader ? [args.reader] : [])],
    {
      execArgv: ['--import', 'tsx', '--max-old-space-size=1500'],
    },
  );
  let current = first;
  let last = '';
  let timer: ReturnType<typeof setTimeout>;
  return new Promise((resolve) => {
    const finish = (next: number | null, fault?: string): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill('SIGKILL');
      if (fault !== undefined) report(current, last || 'unknown reader', fault, '');
      resolve(next);
    };
    const report = (number: number, reader: string, fault: string, file: string): void => {
      const sort = sortOf(reader, fault);
      add(faults, sort);
      if ((faults.get(sort) ?? 0) > SHOWN) return;
      console.error(
        `case ${number}, ${reader}: ${fault}${file && `\n  ${file}`}\n  npm run fuzz -- --case ${number}${args.reader ? ` --reader '${args.reader}'` : ''}`,
      );
    };
    const wait = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(current + 1, `did not end within ${ms / 1000} s`), ms);
    };
    child.on('message', (said: Said) => {
      wait(HANGS_MS);
      current = said.number;
      if (said.kind === 'ended') add(ended, `${said.reader}: ${said.ended}`);
      if (said.kind === 'fault') report(said.number, said.reader, said.fault, said.file);
      if (said.kind === 'begins') {
        last =
          (args.reader ? READERS.filter(({ name }) => name === args.reader) : READERS)[
            said.number % (args.reader ? 1 : READERS.length)
          ]?.name ?? '';
        return;
      }
      if (args.case !== undefined || Date.now() > end) finish(null);
    });
    // Its last messages may arrive after its end: which case it was is known when the channel is closed, too.
    const closed = new Promise((close) => child.once('disconnect', close));
    child.on('exit', (code) => {
      void closed.then(() => finish(code === BAD_SEEDS ? null : current + 1, `ended the process (code ${code})`));
    });
    wait(STARTING_MS);
  });
}

async function main(): Promise<number> {
  if (args.reader !== undefined && !READERS.some(({ name }) => name === args.reader)) {
    console.error(`There is no reader ${args.reader}. There are: ${READERS.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const seed = args.seed === undefined ? Math.floor(Date.now() / 1000) % 100_000 : Number(args.seed);
  const tally: Tally = { ended: new Map(), faults: new Map() };
  const end = Date.now() + Number(args.minutes) * 60_000;
  let next: number | null = args.case === undefined ? seed * CASES_OF_A_SEED : Number(args.case);
  const first = next;
  console.log(`Fuzzing from case ${first}${args.case === undefined ? ` (--seed ${seed})` : ''}.`);
  while (next !== null && Date.now() < end) next = await runChild(next, end, tally);
  for (const [name, count] of [...tally.ended].sort()) console.log(`${name} ${count}`);
  const cases = [...tally.ended.values()].reduce((sum, count) => sum + count, 0);
  const faults = [...tally.faults.values()].reduce((sum, count) => sum + count, 0);
  for (const [sort, count] of tally.faults) console.log(`${count} x ${sort}`);
  console.log(`${cases + faults} cases from ${first} (--seed ${seed}), ${faults} faults.`);
  return faults === 0 && cases > 0 ? 0 : 1;
}

process.exitCode = await main();
