/** Words of the screen on training through rounding. */
import { plural, pluralOf } from '../../base/text/plural.ts';
export const staircase = {
  lesson: 'Forward and backward through one rounding',
  weight: 'A weight, in real numbers',
  stairs: {
    title: (bits: string) => `What a weight w becomes on a grid of ${bits}`,
    finding: (w: string, rounded: string, steps: number) =>
      `w = ${w} becomes ${rounded}, as do all near it: between two of the ${steps} stairs the slope is 0.`,
    calculated: 'Calculated, not measured: q = clamp(round(w / s)), w′ = q · s',
    axis: 'w′',
    before: 'w',
    after: 'w′ = round(w / s) · s',
    ramp: 'w itself: the ramp that training pretends',
    rounded: 'the staircase',
  },
  slopes: {
    title: 'The slope that training would need, and the one it uses instead',
    finding: (inside: boolean) =>
      inside
        ? 'The true slope is 0, so no weight would ever move; the straight-through estimator says 1 inside the range.'
        : 'Outside the range both slopes are 0: a weight that is clipped learns nothing until its step grows.',
    true: 'true slope of the staircase',
    through: 'straight-through slope',
    slope: 'slope',
  },
  live: 'Train it now',
  settings: (epochs: number, images: string, kept: string, batch: number, distilled: string) =>
    `${plural(epochs, 'epoch')} over ${plural(images, 'training image')} in batches of ${batch}; ${plural(kept, 'other')} ${pluralOf(kept, 'is', 'are')} kept apart to judge each epoch. ${distilled} of the target is the float network’s own answer.`,
  train: 'Train',
  goOn: 'Go on',
  pause: 'Pause',
  pausing: 'Pausing…',
  oneStep: 'One step',
  stop: 'Stop here and use it',
  again: 'Forget and start over',
  watch: 'Weights of',
  rateOf: 'Learning rate',
  place: (step: string, steps: string, epoch: number, epochs: number) =>
    `Step ${step} of ${steps}, epoch ${epoch} of ${epochs}`,
  /** How long it will take, in words. @param seconds at the pace of the last steps */
  left: (seconds: number) =>
    seconds < 90
      ? `about ${plural(Math.max(5, 5 * Math.round(seconds / 5)), 'second')} left`
      : `about ${plural(Math.round(seconds / 60), 'minute')} left`,
  /** In the dock, on other screens. */
  status: {
    trains: (bits: string, step: string, steps: string) => `Training at ${bits}, step ${step} of ${steps}`,
    paused: (bits: string, step: string, steps: string) =>
      `The training at ${bits} is paused at step ${step} of ${steps}`,
    done: (bits: string) => `The training at ${bits} is done`,
    failed: (bits: string) => `The training at ${bits} has stopped`,
    see: 'See the training',
  },
  /** While the slider stands elsewhere. */
  elsewhere: (mine: string, slider: string) => `This training is of ${mine}; the slider stands at ${slider}.`,
  follow: (slider: string) => `Show the training of ${slider}`,
  stopMeans: (bits: string, images: string, judged: boolean) =>
    judged
      ? `Stop here and use it: of the weights as they are now, those after each epoch and those only rounded, the ones that know most of the images kept apart are measured on the ${plural(images, 'test image')}, beside ${bits} rounded only and beside 32 bits.`
      : `Stop here and use it: the weights as they are now are measured on the ${plural(images, 'test image')}, beside ${bits} rounded only and beside 32 bits.`,
  saved: (step: string) => `kept in this browser up to step ${step}: reload the page and go on`,
  unsaved: 'this browser keeps nothing: a reload starts again',
  finishedAt: (step: string) => `Trained: ${plural(step, 'step')}`,
  rate: (rate: string) => `rate ${rate}`,
  epochDone: (epoch: number, epochs: number, loss: string, accuracy: string) =>
    `Epoch ${epoch} of ${epochs} done: loss ${loss}${accuracy && `, ${accuracy} right of the images kept apart`}.`,
  outcome: {
    compared: (bits: string, rounded: string, trained: string, float: string, images: string) =>
      `At ${bits} rounding alone leaves ${rounded}, training makes it ${trained}; the float network has ${float} (${plural(images, 'test image')}).`,
    perhapsLuck: (images: string) => `So small a gain may be luck: ${plural(images, 'image')} cannot tell.`,
    onlyApart: (before: string, after: string) =>
      `No gain here, although of the images kept apart it knew ${before} before and ${after} after.`,
    noGain: 'No gain here.',
    kept: (bits: string, apart: string, rounded: string, float: string, images: string) =>
      `No gain here: of the images kept apart the network knew most before its first step (${apart}), so the one that was only rounded is used. At ${bits} it has ${rounded}, the float network ${float} (${plural(images, 'test image')}).`,
  },
  measuring: 'Measuring the trained network on the test images…',
  notYet: 'Nothing is trained yet: press Train, or One step.',
  loss: {
    title: 'Loss of each step, on its own batch, and on the images kept apart',
    batches: (from: string, to: string, steps: string) =>
      `The loss of the batches went from ${from} to ${to} in ${plural(steps, 'step')}.`,
    judged: (from: string, to: string) => ` On the images kept apart it went from ${from} to ${to}.`,
    step: 'step',
    loss: 'loss',
    mean: 'mean of ten steps',
    kept: 'images kept apart (their labels alone)',
  },
  accuracy: {
    title: 'Accuracy while it trains: batches, and the images kept apart',
    batches: (from: string, to: string) => `Accuracy on the batches went from ${from} to ${to}.`,
    /** @param judged how often it has been judged since */
    kept: (start: string, top1: string, step: number, judged: number) =>
      judged === 0
        ? ` Only rounded, the network knows ${start} of the images kept apart.`
        : step === 0
          ? ` Of the images kept apart it knew ${start} before: no epoch was better so far.`
          : ` Of the images kept apart it knew ${start} before and ${top1} after step ${step}, the best so far.`,
    batch: 'batch',
    mean: 'mean of ten batches',
    validation: 'images kept apart',
  },
  drift: {
    title: (layer: string, count: number) => `${plural(count, 'weight')} of ${layer} on their grid, last steps`,
    finding: (crossed: number, shown: number, times: number, steps: number) =>
      crossed === 0
        ? `In ${plural(steps, 'step')} no weight shown has crossed a boundary: each drifts within its own stair.`
        : `In ${plural(steps, 'step')} ${crossed} of ${plural(shown, 'weight')} shown crossed a boundary, ${plural(times, 'time')} in all: only there does the rounded network change.`,
    oneStep: 'Each weight has its place on the grid; train on to see it drift.',
    weight: (number: number) => `weight ${number}`,
    place: (position: string, code: string) => `${position} → ${code}`,
    legend: 'a weight’s way, in steps of its grid',
    axis: 'code',
    boundary: 'boundary between two codes',
    crossing: 'crossed here',
  },
};
