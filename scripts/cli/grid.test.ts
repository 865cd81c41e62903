import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GridRow } from '../../src/contract/grid/grid.ts';
import { parseGridArgs } from './gridArgs.ts';
import { fileStore } from './gridStore.ts';

const folder = mkdtempSync(join(tmpdir(), 'fewbit-grid-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 110 training steps: one checkpoint, at the 100th. */
const TINY = [
  '--methods',
  'float32,ptq,qat',
  '--bits',
  '4',
  '--images',
  '40',
  '--calibration',
  '20',
  '--epochs',
  '1',
  '--train-images',
  '220',
  '--batch-size',
  '2',
];

/** Runs the grid into `name`; kills it, without a warning, at each of the lines given in turn, and starts it again. */
async function run(name: string, ...killAt: RegExp[]): Promise<GridRow[]> {
  const out = join(folder, `${name}.jsonl`);
  for (const line of [...killAt, null]) {
    const child = spawn(
      'node',
      ['--import', 'tsx', 'scripts/cli/grid.ts', ...TINY, '--out', out, '--checkpoints', join(folder, name)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (line?.test(said)) child.kill('SIGKILL');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    if (line === null) expect(code, said).toBe(0);
    else expect(child.signalCode, said).toBe('SIGKILL');
  }
  return readFileSync(out, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as GridRow);
}

/** What an uninterrupted run has in common with one that was cut: all but the time it took. */
const timeless = (rows: readonly GridRow[]) => rows.map((row) => ({ ...row, seconds: 0, finished: '' }));

describe('the grid on WASM', () => {
  let whole: GridRow[];
  beforeAll(async () => void (whole = await run('whole')), 600_000);

  test('killed in calibration, in training, before and after a checkpoint, it gives the rows of an uninterrupted run', async () => {
    expect(whole.map(({ method }) => method)).toEqual(['float32', 'ptq', 'qat']);
    expect(whole[2].curve).toMatchObject([{ epoch: 0, steps: 110 }]);
    const cut = await run(
      'cut',
      /Calibrating/,
      /Classifying 40\/40 images\n(.|\n)*Classifying 40\/40/,
      /Training 100\/110/,
    );
    expect(readdirSync(join(folder, 'cut'))).toEqual([]);
    expect(timeless(cut)).toEqual(timeless(whole));
  }, 600_000);

  test('half a line, as a kill leaves it, is left out and its cell run again', async () => {
    const file = join(folder, 'half.jsonl');
    const [first, second] = whole.map((row) => JSON.stringify(row));
    writeFileSync(file, `${first}\n${second.slice(0, 50)}`);
    const store = fileStore(file);
    expect(await store.load()).toEqual([whole[0]]);
    await store.save(whole[1]);
    expect(await store.load()).toEqual([whole[0], whole[1]]);
    writeFileSync(file, `${first.slice(3)}\n${second}\n`);
    await expect(store.load()).rejects.toThrow(/half\.jsonl: line 1 is no JSON/);
  });
});

describe('the command line of the grid', () => {
  test('sorts what it is given', () => {
    const args = parseGridArgs([
      '--models',
      'resnet18,resnet50',
      '--datasets',
      'cifar10,imagenette',
      '--bits',
      '4,8',
      '--weights',
      'resnet18/cifar10=a.safetensors,resnet50=b.safetensors',
      '--sides',
      'imagenette=128',
      '--epochs',
      '1',
      '--format',
      'csv',
    ]);
    expect(args.grid).toMatchObject({
      models: ['resnet18', 'resnet50'],
      datasets: ['cifar10', 'imagenette'],
      bits: [4, 8],
      sides: { imagenette: 128 },
      training: { epochs: 1 },
    });
    expect([...args.weights]).toEqual([
      ['resnet18/cifar10', 'a.safetensors'],
      ['resnet50', 'b.safetensors'],
    ]);
    expect(args.format).toBe('csv');
  });

  test.each([
    [['--models', 'vgg'], /^--models has "vgg"; allowed: resnet20/],
    [['--methods', 'magic'], /^--methods has "magic"; allowed: float32, ptq, qat/],
    [['--bits', '9'], /^--bits has "9"/],
    [['--weights', 'x'], /^--weights has "x"; allowed: NAME=VALUE/],
    [['--sides', 'imagenette=big'], /^--sides has "imagenette=big"/],
    [['--format', 'pdf'], /^--format has "pdf"; allowed: csv, json, markdown, lines/],
    [['--frobnicate'], /--frobnicate.*Allowed arguments: --models/],
  ])('%j is refused in one line', (argv, message) => {
    expect(() => parseGridArgs(argv)).toThrow(message);
  });
});
