import { expect, test } from 'vitest';
import { networkKey, ptqSettings, settingsHash, settingsKey } from './settings.ts';

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
