/** Words of the bill: what each bitwidth costs and saves. */
import { plural } from '../../base/text/plural.ts';
export const bill = {
  accuracyTitle: 'Top-1 accuracy with 95% interval, by bits',
  accuracyOf: (preset: string) => `Top-1 accuracy, ${preset} preset`,
  accuracyAxis: 'right answers',
  /** What its files are called. */
  accuracyFile: 'accuracy',
  sizeAxisUnit: 'kB',
  timeAxis: 'milliseconds',
  sizeTitle: 'Size in kB, by bits',
  sizeOf: (preset: string) => `Size, ${preset} preset`,
  sizeFinding: (bits: string, kilobytes: string, times: string) =>
    `At ${bits} the weights take ${kilobytes}, ${times} less than at 32 bits.`,
  sizeNoLess: (bits: string, kilobytes: string, float32: string) =>
    `At ${bits} the weights take ${kilobytes}, no less than the ${float32} at 32 bits.`,
  timeTitle: 'Milliseconds for an image, 5th to 95th percentile, by bits',
  timeOf: (preset: string) => `Milliseconds for an image, ${preset} preset`,
  timeFinding: (bits: string, milliseconds: string, float32: string, times: string) =>
    `At ${bits} an image takes ${milliseconds}, at 32 bits ${float32}: ${times} as fast.`,
  timeSlower: (bits: string, milliseconds: string, float32: string, times: string) =>
    `At ${bits} an image takes ${milliseconds}, at 32 bits ${float32}: slower, ${times} as long.`,
  timeAlike: (bits: string, milliseconds: string, float32: string) =>
    `At ${bits} an image takes ${milliseconds}, at 32 bits ${float32}: about as long.`,
  beside: (pair: string) => `Another measurement, each file in turn: ${pair}`,
  float32: '32-bit float',
  guessAwaited: 'Shown once you have guessed.',
  notMeasured: 'Not measured yet.',
  costs: 'What each bitwidth costs',
  columns: {
    run: 'Run',
    method: 'Method',
    top1: 'Top-1',
    share: 'Share of the 32-bit size',
    bytes: 'Bytes',
    latency: 'Milliseconds an image',
    flipped: 'Flipped images',
    bits: 'Bits',
    preset: 'Preset',
    value: 'Value',
    low: 'Low',
    high: 'High',
    from: 'From',
    recorded: 'recorded',
    measured: 'measured here',
  },
  billHeading: 'Accuracy against size',
  billTitle: 'Top-1 accuracy with 95% interval against size as a share of 32 bits; the number is the bitwidth',
  billFinding: (run: string, share: string, top1: string) =>
    `The smallest that stays within a point of 32 bits: ${run}, ${share} of the size, ${top1} right.`,
  billEmpty: 'Nothing measured yet stays within a point of 32 bits.',
  sizeAxis: 'size, share of 32 bits →',
  legend: { modern: 'modern, rounded', preset2021: '2021 preset, rounded', trained: 'trained with rounding' },
  published: {
    show: (model: string, dataset: string) => `Show what was published in 2021 (${model} on ${dataset})`,
    name: (bits: string) => `${bits}, published in 2021`,
    from: 'published, V100, 2021',
    legend: 'published, V100, 2021: rounded, trained',
    provenance:
      'Squares: published, V100, 2021 (COMS 6998 final project, PyTorch, per-tensor affine min/max, straight-through training), their own networks and files',
  },
  runtimes: {
    title: 'Time in each runtime',
    median: 'Milliseconds an image, median',
    none: 'The times above are of Fewbit’s engine, on one thread. The race is another measurement: it times each file on whatever this browser has, and its times stand here.',
    race: 'Go to the race',
  },
  recorded: 'recorded, not measured here yet',
  recordedNote: (date: string, how: string) =>
    `Recorded on ${date} (${how}); what this machine measures will replace it.`,
  recordedFrom: (what: string, images: string, date: string, how: string) =>
    `${what} on ${plural(images, 'test image')}; recorded on ${date}, ${how}`,
  preview: (what: string, percent: string, images: string) =>
    `Preview: ${what} gets ${percent} of ${plural(images, 'image')} right.`,
  stale: (shown: string, wanted: string) =>
    `These are the numbers of ${shown}. ${wanted} will replace them once measured.`,
  accuracy: 'Top-1 accuracy',
  accuracyNote: (points: string, low: string, high: string) => `${points} points. 95% interval: ${low} to ${high}`,
  size: 'Size',
  sizeNote: (share: string, times: string) => `${share}, ${times} smaller`,
  time: 'Time for an image',
  timeNote: (times: string, engine: string, beside: string | undefined) =>
    `${times} as fast: both in ${engine}, taking turns${beside ? `. Another measurement: ${beside}` : ''}`,
  guess: {
    question: (float32: string) => `32 bits get ${float32} of the images right. How many will 4 bits get right?`,
    first: 'your guess first',
    mark: 'your guess',
    result: (guess: string, truth: string, verdict: string) =>
      `You guessed ${guess} for 4 bits. It is ${truth}: ${verdict}`,
    waiting: (guess: string) => `You guessed ${guess} for 4 bits. Move the slider to 4 to see.`,
    close: 'well guessed.',
    low: (points: string) => `4 bits do ${points} points better than you thought.`,
    high: (points: string) => `4 bits cost ${points} points more than you thought.`,
  },
};
