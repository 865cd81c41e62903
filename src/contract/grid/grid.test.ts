import { describe, expect, test } from 'vitest';
import { parseExperimentArgs } from '../../../scripts/cli/experimentArgs.ts';
import { cellsOf, commandOf, decodeClasses, encodeClasses, type GridSettings } from './grid.ts';
import { qatSettings } from '../settings.ts';

const GRID: GridSettings = {
  models: ['resnet20', 'resnet18'],
  datasets: ['cifar10', 'imagenette'],
  methods: ['float32', 'ptq', 'qat'],
  bits: [8, 7, 6, 5, 4, 3, 2],
  scheme: 'modern',
  repairs: [],
  sides: { imagenette: 128 },
  images: 100,
  calibrationImages: 64,
  seed: 3,
  training: { epochs: 1 },
};

describe('the cells of a grid', () => {
  const cells = cellsOf(GRID);

  test('are every combination, each once', () => {
    expect(cells).toHaveLength(2 * 2 * (1 + 7 + 7));
    expect(new Set(cells.map(({ key }) => key)).size).toBe(cells.length);
  });

  test('come round by round: no workload waits for another to be complete', () => {
    const workloads = cells.map(({ settings: { model, dataset } }) => `${model}/${dataset}`);
    for (let round = 0; round < cells.length; round += 4)
      expect(new Set(workloads.slice(round, round + 4)).size).toBe(4);
    expect(cells.slice(0, 4).every(({ settings }) => settings.method === 'float32')).toBe(true);
    expect(
      cells.slice(4, 8).every(({ settings }) => settings.method === 'ptq' && settings.scheme?.weightBits === 4),
    ).toBe(true);
  });

  test('take the side, the seed, the repairs and the changes of the recipe from the grid', () => {
    const repaired = cellsOf({ ...GRID, repairs: ['bias'] });
    for (const { settings } of repaired) {
      expect(settings.side).toBe(settings.dataset === 'imagenette' ? 128 : undefined);
      expect(settings.seed).toBe(3);
      expect(settings.scheme?.repairs ?? []).toEqual(settings.method === 'ptq' ? ['bias'] : []);
      if (settings.method === 'qat') expect(settings.training).toMatchObject({ epochs: 1, seed: 3 });
    }
  });
});

test("a cell's command, read by the headless twin, gives the cell's settings again", () => {
  for (const { settings } of cellsOf({ ...GRID, repairs: ['gptq', 'bias'] })) {
    const args = parseExperimentArgs(commandOf(settings, 'w.safetensors').split(' -- ')[1].split(' '));
    const { model, dataset, side, method, images, seed, scheme, training, calibrationImages } = settings;
    expect(args).toMatchObject({ model, dataset, method, images, seed, weights: 'w.safetensors' });
    expect(args.side).toBe(side);
    if (!scheme) continue;
    expect(args.bits).toEqual([{ weights: scheme.weightBits, activations: scheme.activationBits }]);
    expect([args.scheme, args.calibration, args.schemeChanges.repair]).toEqual([
      'modern',
      calibrationImages,
      scheme.repairs?.join(','),
    ]);
    if (training)
      expect(
        qatSettings(args, args.scheme, args.bits[0].weights, args.bits[0].activations, args.training).training,
      ).toEqual(training);
  }
});

test('classes are kept as one character an image', () => {
  expect(encodeClasses([0, 9, 10, 35])).toBe('09az');
  expect(Array.from(decodeClasses('09az'))).toEqual([0, 9, 10, 35]);
  expect(() => encodeClasses([36])).toThrow(/36 has no character/);
});
