import { describe, expect, test } from 'vitest';
import { float32Of, publishedFor, toCsv, toJson, toLines, toMarkdown } from './gridExport.ts';
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

describe('rows of a network that does not know the images’ classes', () => {
  // Of a network and images that have a figure of 2021.
  const agreeing = [
    row({ method: 'float32', scheme: null, weightBits: 32, activationBits: 32, top1: 1, against: 'float', kl: 0 }),
    row({ top1: 0.75, against: 'float', kl: 0.25 }),
  ];
  const table = (text: string): string[][] =>
    text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

  test('stand beside no figure of 2021, which are accuracies, and have no top-1 and no loss in the CSV', () => {
    expect(rows.map(publishedFor)).toEqual([0.8039, 0.1336]);
    expect(agreeing.map(publishedFor)).toEqual([null, null]);
    const [head, , ptq] = toCsv(agreeing)
      .split('\r\n')
      .map((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? []);
    const at = (name: string): string => ptq[head.indexOf(name)];
    expect(['top1', 'lost', 'published2021', 'difference'].map(at)).toEqual(['', '', '', '']);
    expect(['agreement', 'against', 'kl'].map(at)).toEqual(['0.75', 'float', '0.25']);
  });

  test('make a Markdown table of agreement; among others they have its column and leave that of top-1 empty', () => {
    const [head] = table(toMarkdown(agreeing));
    expect(head).toContain('agreement');
    for (const name of ['top-1', 'lost, points', '2021', 'to 2021, points']) expect(head).not.toContain(name);
    const [mixedHead, , accuracy, , agreement] = table(toMarkdown([rows[1], ...agreeing]));
    const at = (line: readonly string[], name: string): string => line[mixedHead.indexOf(name)];
    expect(['top-1', 'agreement', '2021'].map((name) => at(accuracy, name))).toEqual(['80.00%', '', '13.36%']);
    expect(['top-1', 'agreement', '2021'].map((name) => at(agreement, name))).toEqual(['', '75.00%', '']);
    expect(table(toMarkdown(rows))[0]).not.toContain('agreement');
  });

  test('are in JSON as the headless twin writes them', () => {
    const said = { top1: null, agreement: 0.75, against: 'float', kl: 0.25 };
    expect((JSON.parse(toJson(agreeing)) as unknown[])[1]).toMatchObject(said);
    expect(JSON.parse(toLines([...rows, ...agreeing]).split('\n')[3])).toMatchObject({ ...said, float32Top1: null });
  });

  test('are no float network that an accuracy is counted from', () => {
    expect(float32Of(rows[1], [agreeing[0], rows[1]])).toBeNull();
    expect(float32Of(rows[1], [agreeing[0], ...rows])).toBe(0.82);
  });
});
