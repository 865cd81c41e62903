/** From a run's file to the section of the results page. */
import { expect, test } from 'vitest';
import { gpuSection } from '../results/gpu.ts';
import { recorded } from './record.ts';

const rows = [
  { part: 'adapter', adapter: 'Some GPU', software: false },
  { part: 'checks', check: 'integers', holds: true },
  { part: 'checks', check: 'batch norm', holds: false, error: 1 },
  { part: 'kernels', kernel: 'filter gradient', batch: 64, oursMs: 1, stockMs: 6.5, ratio: 6.5 },
  {
    part: 'networks',
    network: 'resnet18',
    side: 224,
    batch: 1,
    contender: 'fewbit 4 bits',
    medianMs: 1.234,
    againstTfjs: 2,
    note: 'Before a repair.',
  },
  { part: 'steps', failed: 'ended' },
  { part: 'kernels', done: true },
];

test('JSON lines and a JSON array are one; each row says on what, and the section shows what was measured', () => {
  const lines = recorded(rows.map((row) => JSON.stringify(row)).join('\n'), 'rows.jsonl');
  expect(recorded(JSON.stringify(rows), 'fewbit-gpu.json')).toEqual(lines);
  expect(lines).toHaveLength(rows.length - 1);
  expect(lines.every(({ on }) => on === 'Some GPU')).toBe(true);
  const section = gpuSection(lines);
  expect(section).toContain('### Some GPU');
  expect(section).toContain('1 of 2 checks hold; not: batch norm.');
  expect(section).toMatch(/filter gradient.*6\.5/);
  expect(section).toMatch(/resnet18.*fewbit 4 bits.*1\.23/);
  expect(section).toContain('- Before a repair.');
  expect(section).not.toContain('Steps of training');
});

test('nothing measured is no section, and what only imitates a GPU is not taken', () => {
  expect(gpuSection([])).toBe('');
  expect(() => recorded('{"part":"adapter","adapter":"SwiftShader","software":true}', 'f')).toThrow(
    'only imitates a GPU',
  );
  expect(() => recorded('{"part":"checks"}', 'f')).toThrow('no row names an adapter');
});
