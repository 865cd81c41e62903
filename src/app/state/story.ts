/** The story of 2021: from its cliff to where 4 bits hold, one change a step. Each step is a preset that runs live. */
import type { Bits } from '../../quant/types.ts';
import { plain, type Choice } from './choice.ts';
import { STORY_STEPS, type StoryStep } from '../names/storySteps.ts';

/** What each step changes; the steps before it stay. */
const CHANGES: { readonly [K in StoryStep]: Partial<Choice> } = {
  cliff: {},
  channels: { granularity: 'channel' },
  ranges: { range: 'mse' },
  ends: { 'first-last': '8' },
  repair: { repair: 'gain' },
};

/** The choice that a step stands for at a bitwidth. */
export function storyChoice(step: StoryStep, bits: Bits): Choice {
  const until = STORY_STEPS.slice(0, STORY_STEPS.indexOf(step) + 1);
  return until.reduce<Choice>((choice, name) => ({ ...choice, ...CHANGES[name] }), plain({ preset: '2021', bits }));
}
