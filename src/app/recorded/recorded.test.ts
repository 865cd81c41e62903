import { expect, test } from 'vitest';
import { float32Settings, PRESET_NAMES, ptqSettings } from '../../contract/settings.ts';
import { BITS } from '../../quant/types.ts';
import { summaryProvenance } from '../text/provenance.ts';
import { FIRST_RECORDS, recordsOf } from './recorded.ts';
import { recordedRun } from './records.ts';

const SUBJECTS = [
  { model: 'resnet20', dataset: 'cifar10-sample', recorded: 1000, chance: 0.05, bytes: 60_000 },
  { model: 'resnet18', dataset: 'imagenette', recorded: 500, chance: 0.05, bytes: 2_000_000 },
  { model: 'resnet50', dataset: 'imagenette', recorded: 500, chance: 0.05, bytes: 5_000_000 },
] as const;

test.each(SUBJECTS)(
  'of $model every width of both presets came with the page, with the settings the lab has today and a date',
  async ({ model, dataset, recorded, chance, bytes }) => {
    const records = (await recordsOf({ model, dataset })) ?? FIRST_RECORDS;
    const workload = { model, dataset, images: 200, seed: 3 };
    const wanted = [
      float32Settings(workload),
      ...PRESET_NAMES.flatMap((preset) => BITS.map((bits) => ptqSettings(workload, preset, bits))),
    ];
    for (const settings of wanted) {
      const run = recordedRun(records, settings);
      expect(run, JSON.stringify(settings)).toBeDefined();
      // Where it is known which images were right, the first of them are counted.
      expect(run?.settings).toEqual({ ...settings, images: run?.right ? 200 : recorded, seed: 1 });
      expect(recordedRun(records, { ...settings, images: 2000 })?.settings).toEqual({
        ...settings,
        images: recorded,
        seed: 1,
      });
      expect(run?.recorded).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(run?.top1).toBeGreaterThan(chance);
      expect(run?.sizeBytes).toBeGreaterThan(bytes);
      expect(run?.device.description).not.toBe('');
    }
    expect(records.size).toBe(wanted.length);
  },
);

test('what was recorded with other weights names them, and the engine that measured it', async () => {
  const records = await recordsOf({ model: 'resnet18', dataset: 'imagenette' });
  const run =
    records &&
    recordedRun(records, float32Settings({ model: 'resnet18', dataset: 'imagenette', images: 1000, seed: 1 }));
  expect(run && summaryProvenance(run)).toMatch(
    /^32-bit float on 500 test images; recorded on .+, Fewbit's engine, in float32, WebAssembly, .+, resnet18-imagenet-partial\.safetensors/,
  );
});

test('nothing was recorded of other pairs, and nothing comes with the first picture that is not shown on it', async () => {
  const workload = { images: 200, seed: 3 };
  expect(await recordsOf({ model: 'resnet20', dataset: 'cifar10' })).toBeNull();
  expect(await recordsOf({ model: 'constructor', dataset: '' })).toBeNull();
  expect(
    recordedRun(FIRST_RECORDS, float32Settings({ ...workload, model: 'resnet20', dataset: 'cifar10' })),
  ).toBeUndefined();
  const records = await recordsOf({ model: 'resnet18', dataset: 'imagenette' });
  expect(
    records &&
      recordedRun(records, float32Settings({ ...workload, model: 'resnet18', dataset: 'imagenette', side: 64 })),
  ).toBeUndefined();
  expect([...FIRST_RECORDS.values()].every(({ settings }) => settings.model === 'resnet20')).toBe(true);
});

test('an accuracy that was recorded stands for no agreement, and a recorded agreement says what it is', () => {
  const [workload, against] = [
    { model: 'resnet20', dataset: 'cifar10-sample', images: 200, seed: 1 },
    'float',
  ] as const;
  const accuracy = recordedRun(FIRST_RECORDS, float32Settings(workload)) ?? expect.unreachable();
  expect(recordedRun(FIRST_RECORDS, float32Settings({ ...workload, against }))).toBeUndefined();
  expect(summaryProvenance({ ...accuracy, settings: { ...accuracy.settings, against } })).toMatch(
    /^32-bit float on 200 test images, compared with the 32-bit network’s own answers; recorded on /,
  );
});
