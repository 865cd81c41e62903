import { expect, test } from 'vitest';
import { float32Settings, PRESET_NAMES, ptqSettings } from '../lab/settings.ts';
import { BITS } from '../quant/types.ts';
import { summaryProvenance } from './provenance.ts';
import { RECORDED, recordedRun } from './recorded.ts';

const SUBJECTS = [
  { model: 'resnet20', dataset: 'cifar10-sample', recorded: 1000, chance: 0.05, bytes: 60_000 },
  { model: 'resnet18', dataset: 'imagenette', recorded: 500, chance: 0.05, bytes: 2_000_000 },
] as const;

test.each(SUBJECTS)('of $model every width of both presets came with the page, with the settings the lab has today and a date', ({ model, dataset, recorded, chance, bytes }) => {
  const bench = { model, dataset, images: 200, seed: 3 };
  const wanted = [float32Settings(bench), ...PRESET_NAMES.flatMap((preset) => BITS.map((bits) => ptqSettings(bench, preset, bits)))];
  for (const settings of wanted) {
    const run = recordedRun(settings);
    expect(run, JSON.stringify(settings)).toBeDefined();
    expect(run?.settings).toEqual({ ...settings, images: recorded, seed: 1 });
    expect(run?.recorded).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(run?.top1).toBeGreaterThan(chance);
    expect(run?.sizeBytes).toBeGreaterThan(bytes);
    expect(run?.device.description).not.toBe('');
  }
  expect(RECORDED.find(({ runs }) => runs[0].settings.model === model)?.runs).toHaveLength(wanted.length);
});

test('what was recorded with other weights and another judge names them', () => {
  const run = recordedRun(float32Settings({ model: 'resnet18', dataset: 'imagenette', images: 1000, seed: 1 }));
  expect(run && summaryProvenance(run)).toMatch(/^32-bit float on 500 test images; recorded on .+, resnet18-imagenet-partial\.safetensors, onnxruntime-node/);
});

test('nothing was recorded of other pairs', () => {
  const bench = { images: 200, seed: 3 };
  expect(recordedRun(float32Settings({ ...bench, model: 'resnet20', dataset: 'cifar10' }))).toBeUndefined();
  expect(recordedRun(float32Settings({ ...bench, model: 'resnet18', dataset: 'imagenette', side: 64 }))).toBeUndefined();
});
