/** What each screen is called, the one sentence that says what to do there, and what is left of it without its network. */
import type { ScreenName } from '../names/screenNames.ts';

type ScreenWords = {
  readonly title: string;
  /** The title where room is scarce. */
  readonly tab?: string;
  readonly task: string;
  /** What the screen has to show while its network is not here. */
  readonly absent: string;
};

export const screens: { readonly [K in ScreenName]: ScreenWords } = {
  snap: {
    title: 'Snap',
    task: 'Move the slider to fewer bits: where do the weights go? Follow one of them on its way.',
    absent: 'This screen shows the network’s own weights, of which nothing was recorded: it opens with the network.',
  },
  clip: {
    title: 'Clip or round?',
    tab: 'Clip',
    task: 'Drag the threshold: what lies beyond it is clipped, what lies within is rounded. Where is the sum of both errors least?',
    absent:
      'This screen shows the network’s own weights and activations, of which nothing was recorded: it opens with the network.',
  },
  layers: {
    title: 'Which layer hurts?',
    tab: 'Which layer',
    task: 'Guess which layer costs the most when it alone is quantized; then measure every one of them.',
    absent: 'This screen looks into every layer, of which nothing was recorded: it opens with the network.',
  },
  bill: {
    title: 'The bill',
    task: 'Move the slider to fewer bits: what do they cost in accuracy, and what do they save?',
    absent: 'Times, flipped images and intervals of this machine come with the network.',
  },
  staircase: {
    title: 'Learning through a staircase',
    tab: 'Staircase',
    task: 'Why can a rounded network not simply learn, and how does it learn all the same? Train one and watch its weights.',
    absent: 'The lesson below needs no network; training one live does.',
  },
  classify: {
    title: 'Classify',
    task: 'Drop photos of your own, or take some from the test set: what does each bitwidth see in them, how sure, how fast?',
    absent: 'Photos can be classified once the network is here.',
  },
  race: {
    title: 'Race',
    task: 'Let the files of several bitwidths run in turn on this machine: do fewer bits make it faster, or only smaller?',
    absent: 'A race needs the network’s files: it can start once the network is here.',
  },
  experiments: {
    title: 'Experiments',
    task: 'Run the whole table of 2021 again: choose networks, images, methods and bits, and look into every cell.',
    absent: 'Experiments of networks that are here run all the same.',
  },
  classes: {
    title: 'Your own classes',
    tab: 'Classes',
    task: 'Record or drop photos of two to ten things, let a network learn them in seconds, and see what fewer bits do to it.',
    absent: 'Photos can be recorded all the same: training makes the network.',
  },
  data: {
    title: 'Data',
    task: 'Choose the images: what is bundled, a download, or photos of your own.',
    absent: 'Download its weights below, or drop a file of yours; choose its images; then press Try again.',
  },
  lesson: {
    title: 'Lesson',
    task: 'For teachers: a lesson of seven steps, led by the page; a worksheet, expected answers, and snippets for a course page.',
    absent: 'The lesson’s steps choose a network that is here.',
  },
  glossary: {
    title: 'Words',
    task: 'Every technical word of this page, in one sentence each. On the other screens a dotted word says its own on a tap.',
    absent: 'The words need no network.',
  },
};
