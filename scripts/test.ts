/** `npm test`: type check, lint, some fuzzing, unit tests in Node and Chromium, then the built page in Chromium; one sum at the end. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findChromium } from './chromium.ts';
import { countPlaywright, countVitest, sum, summary, type Count } from './count.ts';

const REPORTS = '.cache/reports';
const VITEST = `${REPORTS}/vitest.json`;
const PLAYWRIGHT = `${REPORTS}/playwright.json`;

type Step = {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Counts the tests of a step that has some; a step without is one check. */
  readonly report?: { readonly file: string; readonly count: (json: unknown) => Count };
};

const LINT: Step = { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] };
const FORMAT: Step = { name: 'format', command: ['prettier', '--check', '.'] };
const TYPES: Step = { name: 'type check', command: ['tsc', '-p', '.'] };
// The same cases each time, as many as there is time for; `npm run fuzz` begins elsewhere each time.
const FUZZING: Step = { name: 'fuzzing', command: ['tsx', 'scripts/fuzz/fuzz.ts', '--minutes', '0.6', '--seed', '1'] };
const UNIT_TESTS: Step = {
  name: 'unit tests',
  command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST}`],
  report: { file: VITEST, count: countVitest },
};
const BROWSER_TESTS: Step = {
  name: 'browser tests',
  command: ['playwright', 'test', '--reporter=list,json'],
  env: { PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT },
  report: { file: PLAYWRIGHT, count: countPlaywright },
};

/** Steps one after the other, each on one core; what has several lanes is as long on two cores as its longer one. */
type Lane = readonly Step[];

/** The tests use all cores by themselves; what uses one shares its time with another. */
const LANES: readonly (readonly Lane[])[] = [
  [
    [LINT, FORMAT],
    [TYPES, FUZZING],
  ],
  [[UNIT_TESTS]],
  [[BROWSER_TESTS]],
];

/** Runs a step; where others run beside it, what it says is printed once it has ended. */
async function run({ name, command, env, report }: Step, alone: boolean): Promise<Counted> {
  if (alone) console.log(`\n== ${name}`);
  const started = performance.now();
  const child = spawn('npx', ['--no-install', ...command], {
    stdio: alone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => said.push(bytes));
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      said.push(Buffer.from(String(error)));
      resolve(null);
    });
  });
  if (!alone) console.log(`\n== ${name}\n${Buffer.concat(said).toString()}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  return { name, seconds, count: countOf(status, report) };
}

type Counted = { readonly name: string; readonly seconds: number; readonly count: Count };

function countOf(status: number | null, report: Step['report']): Count {
  const count = report ? readReport(report) : { passed: 0, failed: 0, skipped: 0 };
  if (status === 0) return report ? count : { ...count, passed: 1 };
  // A crash outside any one test fails the run without failing a test: it counts as one.
  return count.failed > 0 ? count : { ...count, failed: 1 };
}

async function runLane(lane: Lane, alone: boolean): Promise<readonly Counted[]> {
  const counted: Counted[] = [];
  for (const step of lane) counted.push(await run(step, alone));
  return counted;
}

function readReport({ file, count }: NonNullable<Step['report']>): Count {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`No test report in ${file}: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<number> {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  try {
    console.log(`Chromium: ${findChromium()}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(summary({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const counts: Counted[] = [];
  for (const lanes of LANES) {
    const alone = lanes.length === 1;
    if (!alone)
      console.log(
        `\n${lanes
          .flat()
          .map(({ name }) => name)
          .join(', ')} …`,
      );
    counts.push(...(await Promise.all(lanes.map((lane) => runLane(lane, alone)))).flat());
  }
  const total = sum(counts.map(({ count }) => count));
  console.log('');
  for (const { name, seconds, count } of counts) console.log(`${name}: ${summary(count)} (${seconds} s)`);
  console.log(summary(total));
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
