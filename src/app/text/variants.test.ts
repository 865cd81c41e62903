import { expect, test } from 'vitest';
import { changedPtqSettings, float32Settings, ptqSettings, qatSettings } from '../../contract/settings.ts';
import { FIRST_RECORDS } from '../recorded/recorded.ts';
import { parseLink } from '../state/link.ts';
import { reduce } from '../state/reducer.ts';
import { initialState, type State } from '../state/state.ts';
import { storyChoice } from '../state/story.ts';
import { STORY_STEPS } from '../names/storySteps.ts';
import { openedWith, runOfSettings } from '../testing/fakeLab.ts';
import type { RunSettings } from '../../contract/run.ts';
import { headline, finding } from './finding.ts';
import { nameOf, schemeInWords } from './names.ts';
import { chosenVariant, otherVariants } from './variants.ts';
import { float32Row, shownSummary } from '../state/measurements.ts';
import { settingsOf } from '../state/selectors.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 };

function measured(settings: readonly RunSettings[], hash: string): State {
  const opened = reduce(initialState(parseLink(hash).link, FIRST_RECORDS), {
    kind: 'opened',
    opened: openedWith(100),
  });
  return settings.reduce<State>(
    (state, each, at) => reduce(state, { kind: 'run', result: runOfSettings(each, 5 + at) }),
    opened,
  );
}

const plain = ptqSettings(workload, '2021', 4);
const channels = changedPtqSettings(workload, '2021', 4, { granularity: 'channel' });
const trained = qatSettings(workload, 'modern', 3);

test('each step of the walk is a series of its own, with its name in words; what was trained stands there too', () => {
  const hash = '#images=100&hide=guess&preset=2021&bits=4&granularity=channel';
  const state = measured([float32Settings(workload), plain, channels, trained], hash);
  const chosen = chosenVariant(state);
  expect(chosen).toMatchObject({
    id: '2021-granularity-channel',
    name: '2021, a scale for each channel',
    trained: false,
  });
  expect(chosen.rows.map(({ bits, run }) => [bits, run?.top1])).toContainEqual([4, 0.93]);
  const others = otherVariants(state);
  expect(others.map(({ id, name, trained: isTrained }) => [id, name, isTrained])).toEqual([
    ['modern', 'modern', false],
    ['2021', '2021', false],
    ['modern-trained', 'modern, trained', true],
  ]);
  expect(others[1].rows.find(({ bits }) => bits === 4)?.run?.top1, 'the preset keeps its own number').toBe(0.94);
  expect(others[2].rows.map(({ bits, run }) => [bits, run?.top1])).toEqual([[3, 0.92]]);
});

test('an unchanged preset is no second series, and what is to be guessed is none at all', () => {
  const state = measured([float32Settings(workload), plain, trained], '#images=100&preset=2021&bits=8');
  expect(chosenVariant(state).id).toBe('2021');
  expect(otherVariants(state).map(({ id }) => id)).toEqual(['modern']);
});

test.each(STORY_STEPS)('headline, chart and finding speak of the same run at the step %s', (step) => {
  const choice = storyChoice(step, 4);
  const hash = Object.entries(choice).flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]));
  const start = measured([float32Settings(workload)], `#images=100&hide=guess&${hash.join('&')}`);
  const settings = settingsOf(start, choice);
  const state = reduce(start, { kind: 'run', result: runOfSettings(settings, 40) });
  expect(shownSummary(state)?.settings).toEqual(settings);
  const row = chosenVariant(state).rows.find(({ bits }) => bits === 4);
  expect(row?.run).toBe(shownSummary(state));
  const float32 = float32Row(state).run;
  expect(headline(float32, row?.run)).toContain('60.0%');
  const said = finding(float32, row?.run ? [row.run] : [], 0.1);
  expect(said).toContain(`With the ${schemeInWords(settings)} preset, 4 bits fall to 60.0%`);
  expect(said, 'no argument of a command line').not.toMatch(/\w[+:]\w/);
});

test('names in words', () => {
  expect(nameOf(float32Settings(workload))).toBe('32-bit float');
  expect(nameOf(plain)).toBe('4 bits (2021)');
  expect(nameOf(trained)).toBe('3 bits (modern, trained)');
  expect(
    nameOf(changedPtqSettings(workload, '2021', 4, { range: 'mse/kl', 'first-last': '8', repair: 'cle,bias' })),
  ).toBe(
    '4 bits (2021, ranges: searched, least |error|^2.4, least KL divergence, first and last layer at 8 bits, equalization and bias)',
  );
});
