import { expect, test } from 'vitest';
import { toResultRow } from './rows.ts';
import { REFERENCE_EDITION, torchSection } from './torchSection.ts';

const row = (changes: Readonly<Record<string, unknown>>) =>
  toResultRow(
    {
      model: 'resnet20',
      dataset: 'cifar10',
      side: 32,
      edition: REFERENCE_EDITION,
      method: 'ptq',
      scheme: 'modern+first-last:same+repair:brecq',
      weightBits: 4,
      activationBits: 4,
      repairs: ['brecq'],
      images: 10_000,
      seed: 1,
      top1: 0.8917,
      command: 'npx tsx x',
      ...changes,
    },
    'ptq.jsonl',
    1,
    7,
  );

test('sets each width beside what PyTorch makes of the same file', () => {
  const section = torchSection([row({}), row({ weightBits: 8, activationBits: 8, top1: 0.917 })]);
  expect(section).toMatch(/\| 4 \| 71\.89% \| 89\.17% .* \| brecq \| \+17\.28 \|/);
  expect(section).toMatch(/\| 8 \| 91\.67% \| 91\.70% /);
});

test('rows of other weights, or with first and last layer at 8 bits, are none of it', () => {
  expect(torchSection([row({ edition: undefined }), row({ scheme: 'modern+repair:brecq' })])).toBe('');
});
