/**
 * What is said in place of the words for accuracy where nobody knows what is on the images: how often a network answers
 * as it does in 32 bits. Each part has the keys of the part whose words it stands for.
 */
import { plural } from '../../base/text/plural.ts';

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
    billHeading: 'Agreement against size',
    billTitle: 'Agreement with 95% interval against size as a share of 32 bits; the number is the bitwidth',
    billFinding: (run: string, share: string, top1: string) =>
      `The smallest that stays within a point of 32 bits: ${run}, ${share} of the size, ${top1} of the answers alike.`,
    preview: (what: string, percent: string, images: string) =>
      `Preview: ${what} answers ${percent} of ${plural(images, 'image')} as 32 bits do.`,
    accuracy: 'Agreement with 32 bits',
  },
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
