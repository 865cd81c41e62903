import { describe, expect, test } from 'vitest';
import { liveQatSettings, networkKey, ptqSettings, settingsHash, settingsKey } from './settings.ts';

const settings = ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 64, seed: 1 }, 'modern', 4);

test('settings that name no engine have the key they had before settings could: saved sessions and checkpoints stay known', () => {
  expect(settingsKey(settings)).toBe(
    '["resnet20","cifar10-sample","ptq",{"name":"modern","weightBits":4,"activationBits":4,' +
      '"weights":{"granularity":"perChannel","symmetric":true,"range":"minmax"},' +
      '"activations":{"range":"mse"},"firstLastBits":8},64,512,1,null]',
  );
  expect(settingsHash(settings)).toBe('5fbcc814');
});

test('an engine makes other results, but no other network', () => {
  const named = { ...settings, engine: 'interpreter' } as const;
  expect(settingsKey(named)).not.toBe(settingsKey(settings));
  expect(networkKey({ ...named, images: 10 })).toBe(networkKey(settings));
});

describe('a training to watch', () => {
  const start = ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 1000, seed: 1 }, 'modern', 4);
  const batchOf = (trainImages: number, batch?: number | null) =>
    liveQatSettings(start, { trainImages, streamed: false, batch }).training;

  test('takes 16 images a step on a CPU, and as many as a GPU has room for', () => {
    expect(batchOf(2000)).toMatchObject({ batchSize: 16, trainImages: 640 });
    expect(batchOf(2000, null)).toMatchObject({ batchSize: 16, trainImages: 640 });
    expect(batchOf(50_000, 64)).toMatchObject({ batchSize: 64, trainImages: 2560 });
    expect(batchOf(2000, 64)).toMatchObject({ batchSize: 64, trainImages: 1800 });
    expect(batchOf(2000, 4)).toMatchObject({ batchSize: 4, trainImages: 160 });
  });

  test('few images keep enough steps, whatever a GPU has room for', () => {
    expect(batchOf(900, 64)?.batchSize).toBe(32);
    expect(batchOf(400, 64)?.batchSize).toBe(16);
  });

  test('its rate goes with its batch', () => {
    const [small, large] = [batchOf(50_000), batchOf(50_000, 64)];
    expect(large?.peakRate).toBeCloseTo(4 * Number(small?.peakRate), 12);
  });
});
