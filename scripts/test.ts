/** `npm test`: type check, lint, unit tests in Node and Chromium, some fuzzing, then the built page in Chromium; one sum at the end. */
import { spawnSync } from 'node:child_process';
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

const STEPS: readonly Step[] = [
  { name: 'type check', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'format', command: ['prettier', '--check', '.'] },
  {
    name: 'unit tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST}`],
    report: { file: VITEST, count: countVitest },
  },
  // The same cases each time, as many as there is time for; `npm run fuzz` begins elsewhere each time.
  { name: 'fuzzing', command: ['tsx', 'scripts/fuzz/fuzz.ts', '--minutes', '0.6', '--seed', '1'] },
  {
    name: 'browser tests',
    command: ['playwright', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT },
    report: { file: PLAYWRIGHT, count: countPlaywright },
  },
];

function run({ name, command, env, report }: Step): Count {
  console.log(`\n== ${name}`);
  const { status } = spawnSync('npx', ['--no-install', ...command], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  const count = report ? readReport(report) : { passed: 0, failed: 0, skipped: 0 };
  if (status === 0) return report ? count : { ...count, passed: 1 };
  // A crash outside any one test fails the run without failing a test: it counts as one.
  return count.failed > 0 ? count : { ...count, failed: 1 };
}

function readReport({ file, count }: NonNullable<Step['report']>): Count {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`No test report in ${file}: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function main(): number {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  try {
    console.log(`Chromium: ${findChromium()}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(summary({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const counts = STEPS.map((step) => ({ name: step.name, count: run(step) }));
  const total = sum(counts.map(({ count }) => count));
  console.log('');
  for (const { name, count } of counts) console.log(`${name}: ${summary(count)}`);
  console.log(summary(total));
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = main();
