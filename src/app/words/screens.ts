/** What each screen is called, and the one sentence that says what to do there. */
import type { ScreenName } from '../names/screenNames.ts';

/** `tab`: the title where room is scarce. */
type ScreenWords = { readonly title: string; readonly tab?: string; readonly task: string };

export const screens: { readonly [K in ScreenName]: ScreenWords } = {
  snap: {
    title: 'Snap',
    task: 'Move the slider to fewer bits: where do the weights go? Follow one of them on its way.',
  },
  clip: {
    title: 'Clip or round?',
    task: 'Drag the threshold: what lies beyond it is clipped, what lies within is rounded. Where is the sum of both errors least?',
  },
  layers: {
    title: 'Which layer hurts?',
    task: 'Guess which layer costs the most when it alone is quantized; then measure every one of them.',
  },
  bill: {
    title: 'The bill',
    task: 'Move the slider to fewer bits: what do they cost in accuracy, and what do they save?',
  },
  staircase: {
    title: 'Learning through a staircase',
    tab: 'Staircase',
    task: 'Why can a rounded network not simply learn, and how does it learn all the same? Train one and watch its weights.',
  },
  classify: {
    title: 'Classify',
    task: 'Drop photos of your own, or take some from the test set: what does each bitwidth see in them, how sure, how fast?',
  },
  race: {
    title: 'Race',
    task: 'Let the files of several bitwidths run in turn on this machine: do fewer bits make it faster, or only smaller?',
  },
  experiments: {
    title: 'Experiments',
    task: 'Run the whole table of 2021 again: choose networks, images, methods and bits, and look into every cell.',
  },
  data: { title: 'Data', task: 'Choose the images: what is bundled, a download, or photos of your own.' },
};
