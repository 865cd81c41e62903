/** Words of the story of 2021. */
import type { StoryStep } from '../names/storySteps.ts';

type StepWords = { readonly title: string; readonly why: string };

export const story = {
  title: (bits: number) => `From the cliff of 2021 to here, at ${bits} bits`,
  intro:
    'In 2021 a project rounded ResNets with one scale for each tensor over its full range. At 4 bits 13% were left of 80%, and training won back little. ' +
    'Walk from there, one change at a time; each step is measured on this machine.',
  unknown: 'not measured yet',
  change: (points: string) => `${points} points`,
  steps: {
    cliff: { title: '1 The cliff', why: 'One scale for each tensor, minimum to maximum, every layer alike:' },
    channels: {
      title: '2 A scale for each channel',
      why: 'A channel of small weights no longer pays for a large one:',
    },
    ranges: { title: '3 Searched ranges', why: 'Clip the few outliers, round the many finer:' },
    ends: {
      title: '4 First and last at 8 bits',
      why: 'The layer that sees the image and the one that answers hold few of the weights. Do they hurt?',
    },
    repair: {
      title: '5 Repair gain and bias',
      why: 'Clipping shrinks what a channel puts out, rounding shifts it; a factor and the bias take both back:',
    },
  } satisfies { readonly [K in StoryStep]: StepWords } as { readonly [K in StoryStep]: StepWords },
  training: {
    title: '6 Train with it',
    why: 'Let the weights learn where the steps are: on the next screen, from step 4 on.',
  },
};
