import { expect, test } from 'vitest';
import { toCsv, toJson, toLines, toMarkdown } from './gridExport.ts';
import type { GridRow } from './grid.ts';

const row = (changes: Partial<GridRow>): GridRow => ({
  key: 'k',
  command: 'npm run',
  model: 'resnet18',
  dataset: 'cifar10',
  side: 32,
  method: 'ptq',
  scheme: 'modern',
  weightBits: 4,
  activationBits: 4,
  repairs: [],
  training: null,
  images: 10000,
  calibrationImages: 512,
  seed: 1,
  top1: 0.8,
  sizeBytes: 5600000,
  onnxBytes: 5700000,
  backend: 'wasm',
  device: 'WebAssembly SIMD, 2 threads',
  versions: {},
  commit: null,
  seconds: 12.34,
  finished: 'now',
  classes: [],
  labels: '',
  predictions: '',
  curve: [],
  ...changes,
});
const rows = [
  row({ method: 'float32', scheme: null, weightBits: 32, activationBits: 32, top1: 0.82 }),
  row({ scheme: 'modern+repair:gptq,bias' }),
];

test('CSV quotes what holds a comma, and counts the loss from the float row of the same images', () => {
  const [head, float32, ptq] = toCsv(rows)
    .split('\r\n')
    .map((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? []);
  const at = (line: string[], name: string): string => line[head.indexOf(name)];
  expect(at(ptq, 'scheme')).toBe('"modern+repair:gptq,bias"');
  expect(at(ptq, 'device')).toBe('"WebAssembly SIMD, 2 threads"');
  expect([at(float32, 'lost'), at(ptq, 'lost')]).toEqual(['0', '0.02']);
  expect([at(ptq, 'published2021'), at(ptq, 'difference')]).toEqual(['0.1336', '0.6664']);
  expect(Number(at(ptq, 'low95'))).toBeLessThan(0.8);
});

test('Markdown shows the published figure and the difference to it, and no loss where no float row has the same images', () => {
  const lines = toMarkdown([rows[1], row({ images: 500, weightBits: 3, activationBits: 3 })]).split('\n');
  expect(lines[2]).toContain('| 13.36% | +66.64 |');
  expect(lines[3]).toMatch(/\| 500 \|\s+\|\s+\|\s+\|/);
});

test('JSON is the rows', () => {
  expect(JSON.parse(toJson(rows))).toEqual(rows);
});

test("lines are the rows without what is said of each image, each with its float row's top-1", () => {
  const [, line] = toLines([rows[0], row({ labels: '01', predictions: '00', classes: ['a', 'b'] })]).split('\n');
  expect(JSON.parse(line)).toMatchObject({ model: 'resnet18', top1: 0.8, float32Top1: 0.82, command: 'npm run' });
  expect(Object.keys(JSON.parse(line) as object)).not.toEqual(expect.arrayContaining(['predictions']));
});

test('names that look like a formula, a link or a new cell stay names', () => {
  const odd = row({ dataset: '=HYPERLINK("x")', model: 'a|[b](c)', command: 'npm | `x`' });
  expect(toCsv([odd])).toContain(`"'=HYPERLINK(""x"")"`);
  expect(toMarkdown([odd]).split('\n')[2]).toContain('| a\\|\\[b\\](c) |');
  expect(toMarkdown([odd]).split('\n')[2]).toContain('`` npm \\| `x` ``');
});
