/**
 * Whether a change left the headless twin's answers as they were. Runs the same experiments in two clones of Fewbit, each
 * with its packages installed, and compares the rows:
 *
 *     npx tsx scripts/checks/compareTwins.ts --before DIR --after DIR [--only NAME,NAME] [--images 100]
 *
 * One line an experiment on stdout. Values must be equal, numbers to the last bit; times, dates and commits are left out,
 * keys that only the later clone writes are listed. Exit code 1 where something differs, 2 for a wrong argument.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parsedOrExit } from '../cli/parsedOrExit.ts';
import { namedValues } from '../cli/namedValues.ts';
import { compareRows } from './compareRows.ts';

type Row = Readonly<Record<string, unknown>>;

type Experiment = {
  readonly name: string;
  /** The script of package.json: clones keep their files where they like. */
  readonly script: 'experiment' | 'grid';
  /** @param folder an empty one, for what the run writes */
  readonly args: (folder: string) => readonly string[];
  /** Keys that are times by another name, or told from them. */
  readonly leftOut?: readonly string[];
};

const RACE_TIMES = [
  ...['loadMs', 'firstRunMs', 'medianMs', 'lowMs', 'highMs', 'p95Ms', 'imagesPerSecond'],
  ...['runs', 'heapBytes', 'findings'],
];

/** @param images test images of each experiment */
function experiments(images: number): readonly Experiment[] {
  const common = ['--images', String(images), '--calibration', '128', '--seed', '1'];
  const ptq = (scheme: string, bits: string, ...more: string[]): Experiment['args'] => {
    return (folder) => ['--method', 'ptq', '--scheme', scheme, '--bits', bits, '--export', folder, ...common, ...more];
  };
  return [
    { name: 'ptq-modern', script: 'experiment', args: ptq('modern', '8,4,2') },
    { name: 'ptq-2021', script: 'experiment', args: ptq('2021', '8,4,2') },
    { name: 'repair', script: 'experiment', args: ptq('modern', '3', '--repair', 'gain') },
    {
      name: 'qat',
      script: 'experiment',
      args: () => ['--method', 'qat', '--bits', '4', '--train-images', '200', '--epochs', '1', ...common],
    },
    {
      name: 'sensitivity',
      script: 'experiment',
      args: () => ['--method', 'sensitivity', '--bits', '4', ...common],
    },
    {
      name: 'race-sizes',
      script: 'experiment',
      args: () => ['--method', 'race', '--bits', '8,4,2', ...common],
      leftOut: RACE_TIMES,
    },
    {
      name: 'grid',
      script: 'grid',
      args: (folder) => [
        ...['--methods', 'float32,ptq', '--bits', '4', '--format', 'json', ...common],
        ...['--out', join(folder, 'rows.jsonl'), '--checkpoints', join(folder, 'checkpoints')],
      ],
    },
  ];
}

/** Rows on stdout: a JSON array, or one object a line. */
const rowsOf = (text: string): readonly Row[] =>
  text.startsWith('[')
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row);

/** Each exported network as a row of its own: its length and its hash. */
const filesOf = (folder: string): readonly Row[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .sort()
    .map((file) => {
      const bytes = readFileSync(join(folder, file));
      return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    });

/** @throws Error with the clone and what its twin said, where a run fails */
function run(clone: string, { name, script, args }: Experiment): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'fewbit-twins-'));
  try {
    const text = execFileSync('npm', ['run', '--silent', script, '--', ...args(folder)], {
      cwd: clone,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return [...rowsOf(text), ...filesOf(folder)];
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw new Error(`${name} failed in ${clone}: ${stderr?.trim().split('\n').at(-1) || message}`, { cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Args = { readonly before: string; readonly after: string; readonly chosen: readonly Experiment[] };

/** @throws RangeError, one line that names the argument and what is allowed */
function parseCompareArgs(argv: readonly string[]): Args {
  const { before, after, only, images = '100' } = namedValues(argv, ['before', 'after', 'only', 'images']);
  const [first, second] = Object.entries({ before, after }).map(([name, folder]) => {
    if (folder === undefined || !existsSync(join(folder, 'package.json')))
      throw new RangeError(`--${name} is "${folder ?? ''}"; it must be the folder of a clone of Fewbit.`);
    return resolve(folder);
  });
  if (!/^[1-9]\d{0,3}$/.test(images))
    throw new RangeError(`--images is "${images}"; allowed: a whole number from 1 to 1000.`);
  const all = experiments(Number(images));
  const names = only?.split(',') ?? all.map(({ name }) => name);
  for (const name of names)
    if (!all.some((experiment) => experiment.name === name))
      throw new RangeError(`--only has "${name}"; allowed: ${all.map((each) => each.name).join(', ')}.`);
  return { before: first, after: second, chosen: all.filter(({ name }) => names.includes(name)) };
}

function main(): number {
  const { before, after, chosen } = parsedOrExit(parseCompareArgs);
  let differing = 0;
  for (const experiment of chosen) {
    const was = run(before, experiment);
    const { differences, added } = compareRows(was, run(after, experiment), experiment.leftOut);
    const also = added.length > 0 ? `; only after: ${added.join(', ')}` : '';
    const verdict = differences.length === 0 ? `${was.length} rows equal` : `${differences.length} differences`;
    console.log(`${experiment.name}: ${verdict}${also}`);
    for (const difference of differences) console.log(`  ${difference}`);
    differing += differences.length;
  }
  return differing === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
