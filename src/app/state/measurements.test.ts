/** One sample for one chart: what stands side by side was seen on the same test images. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import recorded from '../../../datasets/recorded/resnet20-cifar10-sample.json' with { type: 'json' };
import type { RunResult } from '../../contract/run.ts';
import { float32Settings, PRESET_NAMES, ptqSettings, qatSettings } from '../../contract/settings.ts';
import { BITS } from '../../quant/types.ts';
import { FIRST_RECORDS, recordsOf } from '../recorded/recorded.ts';
import { recordedRun } from '../recorded/records.ts';
import { pointsOf } from '../screens/bill/points.ts';
import { runOfSettings } from '../testing/fakeLab.ts';
import { parseLink } from './link.ts';
import { float32For, float32Row, shownSummary } from './measurements.ts';
import { chosenVariant, otherVariants } from '../text/variants.ts';
import { reduce } from './reducer.ts';
import { initialState, type State } from './state.ts';

const later = await recordsOf({ model: 'resnet18', dataset: 'imagenette' });
const RECORDS = new Map([...FIRST_RECORDS, ...(later ?? [])]);
const PAIRS = [
  { model: 'resnet20', dataset: 'cifar10-sample' },
  { model: 'resnet18', dataset: 'imagenette' },
] as const;
const SIZES = [1, 50, 100, 500, 1000] as const;

const anyRun = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    images: fc.constantFrom(...SIZES),
    seed: fc.constantFrom(1, 2),
    method: fc.constantFrom('float32', 'ptq', 'qat'),
    preset: fc.constantFrom(...PRESET_NAMES),
    bits: fc.constantFrom(...BITS),
    wrong: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ pair, images, seed, method, preset, bits, wrong }): RunResult => {
    const workload = { ...pair, images, seed };
    const settings =
      method === 'float32'
        ? float32Settings(workload)
        : method === 'ptq'
          ? ptqSettings(workload, preset, bits)
          : qatSettings(workload, preset, bits, bits);
    return runOfSettings(settings, Math.floor(wrong * images));
  });

const anyState = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    images: fc.constantFrom(...SIZES),
    bits: fc.constantFrom(...BITS),
    preset: fc.constantFrom(...PRESET_NAMES),
    runs: fc.array(anyRun, { maxLength: 12 }),
  })
  .map(({ pair: { model, dataset }, images, bits, preset, runs }) => {
    const { link } = parseLink(
      `#model=${model}&dataset=${dataset}&images=${images}&bits=${bits}&preset=${preset}&hide=guess`,
    );
    return runs.reduce<State>((state, result) => reduce(state, { kind: 'run', result }), initialState(link, RECORDS));
  });

test('whatever sizes and presets were measured, rows, points, the headline and what they are compared with are of one sample', () =>
  fc.assert(
    fc.property(anyState, (state) => {
      const rows = [float32Row(state), ...[chosenVariant(state), ...otherVariants(state)].flatMap((each) => each.rows)];
      const runs = rows.flatMap(({ run }) => run ?? []);
      const shown = shownSummary(state);
      const all = [
        ...runs,
        ...pointsOf(state).map(({ run }) => run),
        ...(shown ? [shown] : []),
        ...[...runs, shown].flatMap((run) => float32For(state, run) ?? []),
      ];
      expect(new Set(all.map(({ settings }) => settings.images)).size).toBeLessThanOrEqual(1);
      expect(new Set(all.map(({ settings }) => `${settings.model} ${settings.dataset}`)).size).toBeLessThanOrEqual(1);
      const measured = [...state.runs.values()].some(
        ({ settings }) => settings.model === state.link.model && settings.images === state.link.images,
      );
      if (measured) all.forEach(({ settings }) => expect(settings.images).toBe(state.link.images));
      all.forEach(({ top1, settings: { images } }) => expect(top1 * images).toBeCloseTo(Math.round(top1 * images), 6));
    }),
    { numRuns: 300 },
  ));

test('fewer images than were recorded: the first of them are counted, to the recorded accuracy at the last', () => {
  const of = (images: number) => recordedRun(FIRST_RECORDS, ptqSettings({ ...PAIRS[0], images, seed: 1 }, 'modern', 4));
  const right = SIZES.map((images) => Math.round((of(images)?.top1 ?? NaN) * images));
  right.slice(1).forEach((n, i) => {
    expect(n - right[i]).toBeGreaterThanOrEqual(0);
    expect(n - right[i]).toBeLessThanOrEqual(SIZES[i + 1] - SIZES[i]);
  });
  expect(of(100)?.settings.images).toBe(100);
  const written = recorded.runs.find(
    ({ settings: { scheme } }) => scheme?.name === 'modern' && scheme.weightBits === 4,
  );
  expect(of(1000)?.top1).toBe(written?.top1 ?? expect.unreachable());
  for (const record of FIRST_RECORDS.values())
    expect(recordedRun(FIRST_RECORDS, { ...record.settings, images: 999 })?.top1).toBeCloseTo(record.top1, 2);
});
