import { expect, test } from 'vitest';
import { FIRST_RECORDS } from '../recorded/recorded.ts';
import { initialState } from './state.ts';
import { parseLink } from './link.ts';
import { storyChoice } from './story.ts';
import { settingsOf } from './selectors.ts';
import { STORY_STEPS } from '../names/storySteps.ts';

test('the path goes from one grid a tensor to a scale a channel, searched ranges, 8 bits at the ends and a repair', () => {
  const state = initialState(parseLink('').link, FIRST_RECORDS);
  const schemes = STORY_STEPS.map((step) => settingsOf(state, storyChoice(step, 4)).scheme);
  const of2021 = {
    weightBits: 4,
    activationBits: 4,
    weights: { granularity: 'perTensor', symmetric: false, range: 'minmax' },
    firstLastBits: null,
  };
  expect(schemes[0]).toMatchObject({ ...of2021, name: '2021' });
  expect(schemes[1]).toMatchObject({ ...of2021, weights: { granularity: 'perChannel', range: 'minmax' } });
  expect(schemes[2]).toMatchObject({
    weights: { granularity: 'perChannel', range: 'mse' },
    activations: { range: 'mse' },
    firstLastBits: null,
  });
  expect(schemes[3]).toMatchObject({ firstLastBits: 8, weightBits: 4 });
  expect(schemes[4]).toMatchObject({
    firstLastBits: 8,
    repairs: ['gain'],
    name: '2021+range:mse+granularity:channel+first-last:8+repair:gain',
  });
});
