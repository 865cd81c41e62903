/**
 * What is said in place of the words for accuracy where nobody knows what is on the images: how often a network answers
 * as it does in 32 bits. Each part has the keys of the part whose words it stands for.
 */
import { plural, pluralOf } from '../../base/text/plural.ts';

export const agreement = {
  notice:
    'These images are of other classes than the network’s, so no answer to them is right or wrong. What is measured is agreement: the share of images on which it answers as it does in 32 bits.',
  learn: 'Or let it learn their classes, and measure accuracy',
  note: (low: string, high: string, divergence: string | null) =>
    `95% interval: ${low} to ${high}${divergence === null ? '' : `. KL divergence: ${divergence} nats`}`,
  divergence: 'KL divergence, nats',
  bill: {
    accuracyTitle: 'Agreement with the 32-bit answers, with 95% interval, by bits',
    accuracyOf: (preset: string) => `Agreement with 32 bits, ${preset} preset`,
    accuracyAxis: 'answers as at 32 bits',
    accuracyFile: 'agreement',
    billHeading: 'Agreement against size',
    billTitle: 'Agreement with 95% interval against size as a share of 32 bits; the number is the bitwidth',
    billFinding: (run: string, share: string, top1: string) =>
      `The smallest that stays within a point of 32 bits: ${run}, ${share} of the size, ${top1} of the answers alike.`,
    preview: (what: string, percent: string, images: string) =>
      `Preview: ${what} answers ${percent} of ${plural(images, 'image')} as 32 bits do.`,
    accuracy: 'Agreement with 32 bits',
    recordedFrom: (what: string, images: string, date: string, how: string) =>
      `${what} on ${plural(images, 'test image')}, compared with the 32-bit network’s own answers; recorded on ${date}, ${how}`,
  },
  /** In place of the figures of 2021. */
  notCompared: 'The figures of 2021 are accuracies: they are not compared with agreement.',
  guess: {
    question: () => 'On how many of the images will 4 bits answer as 32 bits do?',
  },
  columns: { top1: 'Agreement' },
  results: { top1: 'Agreement', ort: 'Agreement in ONNX Runtime' },
  findings: {
    float32: (_: string, images: string) =>
      `In 32-bit floating point the network answers ${plural(images, 'image')} of other classes than its own: fewer bits are compared with these answers.`,
    headline: (bits: string, percent: string, images: string, _: string, share: string) =>
      `At ${bits} the network answers ${percent} of ${plural(images, 'image')} as it does in 32 bits, at ${share} of the size.`,
    nothingYet: 'The agreement of every bitwidth with 32 bits appears here as it is measured.',
    loseNothing: (bits: string) => `${bits} answer every image as 32 bits do`,
    stay: (bits: string, percent: string) => `${bits} agree with 32 bits on all but a point (${percent})`,
    fall: (bits: string, percent: string) => `${bits} agree on ${percent}`,
    perhapsFewer: (bits: string, percent: string, images: string) =>
      `${bits} agree on ${percent}, which ${plural(images, 'image')} cannot tell from all`,
    nearChance: (percent: string) => `, where guessing would give about ${percent}`,
  },
  readouts: { top1: 'Agreement', recorded: 'Agreement, recorded', previewed: 'Agreement, preview' },
  images: {
    differ: (quantized: string, changed: string, total: string) =>
      `${quantized} and 32-bit float differ on ${changed} of ${plural(total, 'image')}.`,
    picture: (number: number, label: string) => `Test image ${number}, at 32 bits taken for ${label}`,
    right: 'as at 32 bits',
    wrong: 'not as at 32 bits',
  },
  look: {
    picture: (label: string) => (label === '' ? 'A test photo' : `A test photo, at 32 bits taken for ${label}`),
    rounded: (label: string, bits: string, shades: string) =>
      `The same photo with ${bits} a colour, ${shades} shades${label === '' ? '' : `: at 32 bits taken for ${label}`}`,
  },
  damage: {
    caption: 'Of the images that 32 bits take for each class, the share that fewer bits take for it, too',
    tooFew: (enough: string) =>
      `No class has ${enough} images that 32 bits take for it: too few to say which dies first.`,
    allLive: (bits: string) => `Down to ${bits} each class keeps at least half of what 32 bits take for it.`,
    changed: (name: string, bits: string, images: number) =>
      images === 0
        ? `Of the images that 32 bits take for ${name} none is lost at ${bits} bits.`
        : `Of the images that 32 bits take for ${name} ${images} ${images === 1 ? 'is' : 'are'} lost at ${bits} bits. ${images === 1 ? 'It is' : 'They are'} taken for:`,
  },
  story: {
    intro:
      'In 2021 a project rounded ResNets with one scale for each tensor over its full range, and at 4 bits little of them was left. ' +
      'Walk from there, one change at a time; each step is measured on this machine: how many answers stay as they are at 32 bits.',
    training: {
      title: '6 Train with it',
      why: 'Training learns from labels, of which this network’s classes have none here: the next screen says how to get some.',
    },
  },
  tasks: {
    bill: 'Move the slider to fewer bits: how many answers do they change, and what do they save?',
    staircase:
      'Why can a rounded network not simply learn, and how does it learn all the same? Move the weight; to train, give the network labels first.',
  },
  staircase: {
    cannot:
      'This network cannot be trained on these images: training learns from labels, and theirs are of other classes than the network’s. Choose one of three ways on.',
    learn: 'Let it learn their classes',
    record: 'Record classes of your own',
    recordWhat: 'Two to ten things from the webcam or from photos: labels come with them.',
    toClasses: 'To your own classes',
    bring: 'Take images of its own classes',
    bringWhat: (classes: readonly string[]) =>
      `Photos in folders that are named as its classes are: ${classes.slice(0, 6).join(', ')}${classes.length > 6 ? ` and ${classes.length - 6} more` : ''}.`,
    toData: 'To the Data screen',
  },
  recorded: (date: string, how: string) =>
    `Its agreement with 32 bits and its size at each bitwidth were recorded on ${date} (${how}), not measured here; they are marked so.`,
  file: {
    result: (top1: string, images: string) =>
      `It answers ${top1} of ${plural(images, 'test image')} as the network does in 32 bits.`,
  },
  experiments: {
    share: (percent: string) => `${percent} alike`,
    detail: (what: string, top1: string) => `${what}: ${top1} of the answers as at 32 bits`,
    confusion: 'What is taken for what, at 32 bits and here',
    confusionFinding: (truth: string, said: string, count: number) =>
      `Most often what 32 bits take for ${truth} is taken for ${said}: ${count === 1 ? 'once' : `${count} times`}.`,
    noConfusion: 'Every image is answered as at 32 bits.',
    truth: 'at 32 bits',
    said: 'here',
    flipsFinding: (changed: number, total: string) =>
      changed === 0
        ? 'Float and quantized answer alike on every image.'
        : `${changed} of ${plural(total, 'answer')} ${pluralOf(changed, 'differs', 'differ')} from the float network's.`,
    flipLine: (image: number, _: string, before: string, now: string) => `Image ${image}: ${before} became ${now}`,
  },
  snap: { seeBill: 'Clip all the same, and see the agreement' },
  /** Under a table of the grid. */
  grid: 'Alike: the network’s classes are not those of the images, so a cell says how many answers are as at 32 bits. Once it has learned the classes, forget these cells and run them again.',
  layers: {
    imageIs: (number: string, label: string) => `image ${number}, at 32 bits: ${label}`,
    rankTitle:
      'What each layer costs alone: the answers that stay as at 32 bits, and how far the output moves (bar: KL, in nats)',
    worst: (layer: string, top1: string) =>
      `${layer} hurts most: with it alone quantized the network answers ${top1} of the images as at 32 bits.`,
    harmless: (images: string, low: string, high: string, _: string, first: string) =>
      `No layer alone costs what ${plural(images, 'image')} can tell: with one of them quantized ${low === high ? low : `${low} to ${high}`} are answered as at 32 bits. With ${first} the answers move furthest.`,
    rankLabel: (divergence: string, top1: string) => `KL ${divergence} · ${top1} as at 32 bits`,
  },
  layerGuess: {
    alone: (guess: string, top1: string) =>
      `You guessed ${guess}, and no layer costs more: with it alone quantized the network still answers ${top1} as at 32 bits.`,
    shared: (guess: string, others: string, images: string, top1: string, among: string) =>
      `You guessed ${guess}, and no layer costs more for certain: ${plural(images, 'image')} cannot tell it from ${others}. With it alone quantized the network answers ${top1} as at 32 bits; ${among}.`,
    unseen: (guess: string, images: string, top1: string, rank: number, total: number) =>
      `You guessed ${guess}. On ${plural(images, 'image')} no layer is seen to cost anything: with it alone quantized the network answers ${top1} as at 32 bits. By how far the answers move (KL) it is number ${rank} of ${total}.`,
    result: (guess: string, rank: number, total: number, top1: string) =>
      `You guessed ${guess}. It is number ${rank} of ${total}: with it alone quantized the network answers ${top1} as at 32 bits.`,
    tied: (guess: string, from: number, to: number, total: number, images: string, top1: string) =>
      `You guessed ${guess}. It shares the places ${from} to ${to} of ${total}, for ${plural(images, 'image')} cannot tell them apart: with it alone quantized the network answers ${top1} as at 32 bits.`,
  },
  rankColumns: { top1: 'Agreement, it alone quantized' },
  provenance: ', compared with the 32-bit network’s own answers',
};
