/** Words of Experiments: the grid of models, datasets, methods and bits, beside what was published in 2021. */
import { plural, pluralOf } from '../../base/text/plural.ts';
export const experiments = {
  choose: 'What to run',
  methodAt: (method: string, bits: number) => `${method} at ${bits} bits`,
  /** What timed a row's file. */
  runtime: (engine: string, threads: number) => `${engine}, WebAssembly, ${plural(threads, 'thread')}`,
  models: 'Models',
  datasets: 'Images',
  methods: 'Methods',
  bits: 'Bits',
  preset: 'Preset',
  images: 'Test images',
  epochs: 'QAT: epochs',
  trainImages: 'QAT: training images',
  timed: 'Time each network too, in turn with 32 bits',
  methodNames: { float32: '32-bit float', ptq: 'rounded (PTQ)', qat: 'trained (QAT)' },
  needs:
    'ResNet-20 and the CIFAR-10 sample are bundled; the other networks and images are added under Data, and a cell that lacks them says so.',
  run: (open: number) => `Run ${plural(open, 'cell')}`,
  allDone: 'Every cell has its number',
  pause: 'Pause',
  stopping: 'Stopping …',
  forget: 'Forget these cells',
  finding: (done: number, total: number) =>
    done === 0
      ? `None of the ${plural(total, 'cell')} is measured yet.`
      : `${done} of ${plural(total, 'cell')} ${pluralOf(done, 'is', 'are')} measured.`,
  beyond: (above: number, compared: number) => `${above} of ${compared} are at or above the figure of 2021.`,
  now: (what: string) => `Now: ${what}`,
  left: (minutes: number) => (minutes <= 1 ? 'about a minute left' : `about ${plural(minutes, 'minute')} left`),
  kept: 'The grid goes on while you look at other screens. Closed or paused, it goes on later where it was: each number is kept in this browser.',
  failed: 'Could not be run; the next run tries again:',
  table: (model: string, dataset: string) => `${model} on ${dataset}`,
  /** Of a set that has fewer images than the grid asks for. */
  fewer: (test: string | null, calibration: string | null) =>
    `Fewer images than asked for: ${[
      test === null ? '' : `measured on all ${plural(test, 'test image')}`,
      calibration === null ? '' : `calibrated on all ${plural(calibration, 'training image')}`,
    ]
      .filter(Boolean)
      .join(', ')} that this set has.`,
  columns: { bits: 'Bits', then: '2021', here: 'here', difference: 'to 2021', size: 'Size', time: 'Time' },
  waiting: '–',
  running: 'running',
  error: 'failed',
  open: (what: string) => `Look into ${what}`,
  share: (percent: string) => percent,
  interval: (low: string, high: string) => `95%: ${low} to ${high}`,
  detail: (what: string, top1: string) => `${what}: ${top1}`,
  curve: 'Accuracy on the training batches, mean of each epoch',
  curveFinding: (first: string, last: string, epochs: number) =>
    epochs === 1
      ? `In its one epoch the network got ${last} of the training images right.`
      : `From ${first} in the first epoch to ${last} in the last.`,
  noCurve: 'Nothing was trained for this cell.',
  epoch: 'Epoch',
  accuracy: 'Accuracy',
  loss: 'Loss',
  batches: 'Steps',
  confusion: 'What is taken for what',
  confusionFinding: (truth: string, said: string, count: number) =>
    `Most often ${truth} is taken for ${said}: ${count === 1 ? 'once' : `${count} times`}.`,
  noConfusion: 'Every image is classified right.',
  truth: 'is',
  said: 'said to be',
  flips: 'Images that changed',
  flipsFinding: (changed: number, total: string, lost: number, won: number) =>
    changed === 0
      ? 'Float and quantized answer alike on every image.'
      : `${changed} of ${plural(total, 'answer')} ${pluralOf(changed, 'differs', 'differ')} from the float network's: ${lost} lost, ${won} won.`,
  noFlips: 'Run the float network on the same images to see which ones changed.',
  notOpen: 'The page shows another set of images now, so these are named by their numbers.',
  flipLine: (image: number, truth: string, before: string, now: string) =>
    `Image ${image}, ${truth}: ${before} became ${now}`,
  more: (total: number) => `Show all ${total}`,
  manyClasses: 'Of so many classes a cell does not keep what each image was taken for.',
  provenance: (images: string, seed: number, device: string, finished: string) =>
    `${plural(images, 'test image')}, seed ${seed}, ${device}, ${finished}`,
  command: 'The same without a page:',
  source: 'Published:',
  save: 'Save the rows as',
};
