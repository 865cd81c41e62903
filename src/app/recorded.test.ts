import { expect, test } from 'vitest';
import { float32Settings, PRESET_NAMES, ptqSettings } from '../lab/settings.ts';
import { BITS } from '../quant/types.ts';
import { RECORDED, recordedRun } from './recorded.ts';

const bench = { model: 'resnet20', dataset: 'cifar10-sample', images: 200, seed: 3 };

test('every width of both presets came with the page, with the settings the lab has today and a date', () => {
  const wanted = [float32Settings(bench), ...PRESET_NAMES.flatMap((preset) => BITS.map((bits) => ptqSettings(bench, preset, bits)))];
  for (const settings of wanted) {
    const run = recordedRun(settings);
    expect(run, JSON.stringify(settings)).toBeDefined();
    expect(run?.settings).toEqual({ ...settings, images: 1000, seed: 1 });
    expect(run?.recorded).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(run?.top1).toBeGreaterThan(0.05);
    expect(run?.sizeBytes).toBeGreaterThan(60_000);
    expect(run?.device.description).not.toBe('');
  }
  expect(RECORDED.runs).toHaveLength(wanted.length);
});

test('nothing was recorded of other models', () => expect(recordedRun(float32Settings({ ...bench, model: 'resnet50' }))).toBeUndefined());
