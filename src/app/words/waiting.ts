/** Words for whoever waits: what the lab does first, and for how long. */
import { plural } from '../../base/text/plural.ts';

/** Calls that others wait for, by their kind. */
const work: Readonly<Record<string, string>> = {
  evaluate: 'a measurement',
  score: 'a timing',
  preview: 'a preview',
  sensitivity: 'the ranking of the layers',
  classify: 'the photos',
  race: 'the race',
  train: 'the training, which can be paused',
  endTraining: 'the training, which is being ended',
  gridCell: 'an experiment',
  exportOnnx: 'a file that is being written',
  exportTfjs: 'a file that is being written',
};

export const waiting = {
  work,
  other: 'what is looked at',
  /** Behind what is done meanwhile. */
  soFar: (seconds: number) => `${seconds} s so far`,
  behind: (what: string, seconds: number | null) =>
    `Waits for ${what}${seconds === null ? '' : seconds < 2 ? ', a second more' : `, about ${plural(seconds, 'second')} more`}`,
};
