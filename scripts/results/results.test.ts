import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resultsPage } from './page.ts';
import { readRows } from './rows.ts';
import { sectionsIn } from './sections.ts';

test('docs/results.md is what `npm run results` makes of the stored rows, byte for byte', () => {
  expect(readFileSync('docs/results.md', 'utf8')).toBe(
    resultsPage(readRows('docs/results'), sectionsIn('docs/results')),
  );
});

const ROW = {
  command: 'c',
  model: 'resnet18',
  dataset: 'cifar10',
  method: 'ptq',
  scheme: 'modern',
  weightBits: 4,
  activationBits: 4,
  images: 1000,
  seed: 1,
  float32Top1: 0.82,
  top1: 0.8,
  sizeBytes: 5_600_000,
  runtime: 'onnxruntime',
};

describe('the page of results', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fewbit-results-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (...rows: object[]): void =>
    writeFileSync(join(folder, 'a.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const page = (): string => resultsPage(readRows(folder));

  test('puts a row beside the published figure, with its interval, the difference and what was lost', () => {
    write(ROW);
    expect(page()).toContain(
      '| 4 | 13.36% | 80.00% (77.4–82.4) [row 1](#row-1) | +66.64 | 2.00 | 22.57% | not run |  |  |',
    );
    expect(page()).toContain(
      'At 4 bits PTQ stands at 80.00% (95% interval 77.4–82.4, 1000 images), 2.00 points under float32 ([row 1](#row-1)); in 2021 it was 13.36%.',
    );
    expect(page()).toContain(
      'ResNet-18 on CIFAR-10 at 32 × 32: float32 +1.61 points to 2021; 1 of 1 cells are at or above',
    );
  });

  test('takes a mixed precision for no cell of its base bitwidth, neither in accuracy nor in size', () => {
    write({ ...ROW, scheme: 'modern+mixed:3.02', top1: 0.9, sizeBytes: 4_000_000 }, ROW);
    expect(page()).toContain(
      '| 4 | 13.36% | 80.00% (77.4–82.4) [row 2](#row-2) | +66.64 | 2.00 | 22.57% | not run |  |  | 11.2 | 5.60 |',
    );
  });

  test('an earlier training of the same network has a table of its own and fills no cell of the present one', () => {
    write({ ...ROW, edition: '12 epochs', float32Top1: 0.6, top1: 0.59 }, ROW);
    const text = page();
    expect(text.indexOf('### ResNet-18 on CIFAR-10')).toBeLessThan(
      text.indexOf('### ResNet-18 (12 epochs) on CIFAR-10'),
    );
    expect(text).toContain('| 4 | 13.36% | 80.00% (77.4–82.4) [row 2](#row-2) | +66.64 | 2.00 |');
    expect(text).toContain('59.00% (55.9–62.0) [row 1](#row-1) | +45.64 | 1.00 |');
    expect(text).toContain('| ResNet-18 (12 epochs) | CIFAR-10 |');
    expect(text).toContain('- ResNet-18 (12 epochs) on CIFAR-10 at 32 × 32: float32');
  });

  test('says which cell is below its published figure', () => {
    write({ ...ROW, top1: 0.1 });
    expect(page()).toContain(
      '0 of 1 cells are at or above their 2021 figure; below it: PTQ 4 bits (10.00% against 13.36%, [row 1](#row-1)).',
    );
  });

  test('compares a repair with the same scheme without it, on the same images', () => {
    write(
      ROW,
      { ...ROW, scheme: 'modern+repair:gptq,bias', repairs: ['gptq', 'bias'], top1: 0.81 },
      { ...ROW, scheme: 'modern+repair:bias', repairs: ['bias'], images: 10, top1: 0.9 },
    );
    const text = page();
    expect(text).toContain(
      'At 4 bits gptq and bias takes 80.00% ([row 1](#row-1)) to 81.00% ([row 2](#row-2)): +1.00 points, which is within the sampling error',
    );
    expect(text).not.toContain('[row 3](#row-3)): ');
  });

  test('compares sums of more bits with the same scheme and repairs without them', () => {
    const gain = { ...ROW, scheme: 'modern+repair:gain', repairs: ['gain'] };
    write(
      gain,
      { ...gain, scheme: 'modern+sums:8+repair:gain', top1: 0.9 },
      { ...ROW, scheme: 'modern+sums:8', top1: 0.7 },
    );
    const text = page();
    expect(text).toContain(
      'At 4 bits with gain, 8 bits in what is only added up takes 80.00% ([row 1](#row-1)) to 90.00% ([row 2](#row-2)): +10.00 points.',
    );
    expect(text).toContain('At 4 bits gain takes 70.00% ([row 3](#row-3)) to 90.00% ([row 2](#row-2))');
    expect(text.match(/only added up takes/g)).toHaveLength(1);
  });

  test('lists a cell that was not run with its command, and not one that was', () => {
    write(ROW);
    expect(page()).toMatch(
      /\| ResNet-18 \| CIFAR-10 \| qat \| 4 \| `npm run --silent experiment -- --model resnet18 .*--method qat .*--bits 4 /,
    );
    expect(page()).not.toMatch(/\| ResNet-18 \| CIFAR-10 \| ptq \| 4 \| `/);
  });

  test.each([
    [{ ...ROW, command: undefined }, /docs\/results\/a\.jsonl, line 1: command is missing/],
    [{ ...ROW, top1: 80 }, /line 1: top1 is 80/],
    [{ ...ROW, seed: '1' }, /line 1: seed is no number/],
  ])('a row that lacks something is refused by file and line', (row, message) => {
    write(row);
    expect(() => readRows(folder)).toThrow(message);
  });

  test('leaves out the rows of benches and training logs', () => {
    write({ bench: 'x', ratio: 2 }, { event: 'done', top1: 0.8 }, ROW);
    expect(readRows(folder)).toHaveLength(1);
  });
});
