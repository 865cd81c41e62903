/** Words of Which layer hurts?: the network as a strip, each layer's noise, and what it costs alone. */
import { plural, pluralOf, spelled } from '../../base/text/plural.ts';
import type { LayerInfo } from '../../contract/calls/inspect.ts';

export const layers = {
  strip: 'The network, layer by layer',
  colour: 'The number is',
  weights: 'SQNR of the weights, in dB',
  activations: 'SQNR of the activations, in dB',
  stripFinding: (
    what: 'weights' | 'activations',
    layer: string,
    bits: string,
    dB: string,
    best: string,
    bestBits: string,
    bestDb: string,
  ) =>
    `The ${what} of ${layer} are the noisiest, ${dB} dB at ${bits}; those of ${best} the cleanest, ${bestDb} dB at ${bestBits}.`,
  stripAlike: (what: 'weights' | 'activations', dB: string) => `The ${what} of all layers are equally noisy, ${dB} dB.`,
  stripOne: (what: 'weights' | 'activations', layer: string, dB: string) =>
    `Only the ${what} of ${layer} are rounded: ${dB} dB.`,
  cell: (layer: string, dB: string, bits: number) => `${layer}: ${dB} dB at ${bits} bits`,
  stripHint:
    'More dB is less noise: a bit is worth about 6 dB. Orange, with the shortest bar, is the noisiest layer; blue is 12 dB cleaner, or more. Choose a layer to look inside.',
  asking: 'every layer’s noise',
  stale: (name: string) => `These are the numbers of ${name}.`,

  alone: 'What each layer costs alone',
  aloneTask: (bits: string) => `One layer at a time is quantized to ${bits}, and all others stay 32-bit float.`,
  guess: {
    question: 'Which layer then costs the most? Choose it here, or in the strip.',
    alone: (guess: string, top1: string) =>
      `You guessed ${guess}, and no layer costs more: with it alone quantized the network still recognises ${top1}.`,
    shared: (guess: string, others: string, images: string, top1: string, among: string) =>
      `You guessed ${guess}, and no layer costs more for certain: ${plural(images, 'image')} cannot tell it from ${others}. With it alone quantized the network recognises ${top1}; ${among}.`,
    among: (rank: number, of: number) => `by how far the answers move (KL) it is number ${rank} of these ${of}`,
    unseen: (guess: string, images: string, top1: string, rank: number, total: number) =>
      `You guessed ${guess}. ${plural(images, 'image')} ${pluralOf(images, 'sees', 'see')} no layer cost anything: with it alone quantized the network recognises ${top1}. By how far the answers move (KL) it is number ${rank} of ${total}.`,
    result: (guess: string, rank: number, total: number, top1: string) =>
      `You guessed ${guess}. It is number ${rank} of ${total}: with it alone quantized the network recognises ${top1}.`,
    tied: (guess: string, from: number, to: number, total: number, images: string, top1: string) =>
      `You guessed ${guess}. It shares the places ${from} to ${to} of ${total}, for ${plural(images, 'image')} cannot tell them apart: with it alone quantized the network recognises ${top1}.`,
    oneOther: 'one other',
    others: (n: string) => plural(n, 'other'),
    waiting: (layer: string) => `You guessed ${layer}. Measuring every layer will tell.`,
  },
  measure: 'Measure every layer',
  measuring: 'what every layer costs',
  rankTitle: 'What each layer costs alone: the accuracy that is left, and how far the output moves (bar: KL, in nats)',
  rankNote: (images: string) =>
    `KL says how far the network’s answers, with their probabilities, move from those at 32 bits; 0 is not at all. Layers that ${plural(images, 'image')} cannot tell apart (at 95%) share their place, and KL decides who stands first among them.`,
  worst: (layer: string, top1: string, float32: string) =>
    `${layer} hurts most: with it alone quantized the network recognises ${top1}, and ${float32} at 32 bits.`,
  worstOf: (layers: string, images: string, first: string) =>
    `${layers} hurt most, and ${plural(images, 'image')} cannot tell which of them is the worst; with ${first} the answers move furthest.`,
  harmless: (images: string, low: string, high: string, float32: string, first: string) =>
    `No layer alone costs what ${plural(images, 'image')} can tell: with one of them quantized ${low === high ? low : `${low} to ${high}`} are right, and ${float32} at 32 bits. With ${first} the answers move furthest.`,
  perhaps: (others: number, images: string) =>
    `Whether ${spelled(others, 'other layer')} ${pluralOf(others, 'hurts', 'hurt')} as much, ${plural(images, 'image')} cannot tell.`,
  list: (names: readonly string[], more: number) =>
    more > 0
      ? `${names.join(', ')} and ${more} more`
      : names.length > 1
        ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
        : names.join(''),
  /** Where the first and the last layer with weights stand: only what the ranking shows. */
  ends: {
    both: 'They are the first and the last layer.',
    bothPlaces: (second: string) => `It and ${second}, the second, are the first and the last layer.`,
    first: (one: boolean) => (one ? 'It is the first layer.' : 'The first layer is one of them, the last is not.'),
    last: (one: boolean) => (one ? 'It is the last layer.' : 'The last layer is one of them, the first is not.'),
    among: 'The first and the last layer are two of them.',
    neither: (one: boolean) =>
      one ? 'It is neither the first layer nor the last.' : 'Neither the first layer nor the last is one of them.',
  },
  place: (first: number, last: number) => (first === last ? `${first}.` : `${first}–${last}.`),
  rankProvenance: (run: string) => `${run}; each layer alone, weights and activation`,
  yourGuess: 'your guess',
  rankLabel: (divergence: string, top1: string) => `KL ${divergence} · ${top1} right`,
  rankColumns: {
    rank: 'Place',
    rankLast: 'Shared down to place',
    layer: 'Layer',
    weightBits: 'Weight bits',
    activationBits: 'Activation bits',
    top1: 'Top-1, it alone quantized',
    points: 'Points',
    divergence: 'KL',
    weights: 'SQNR of weights',
    activations: 'SQNR of activation',
  },

  inside: (layer: string) => `Inside ${layer}`,
  about: (kind: string, shape: string, kernel: string, parameters: string, macs: string) =>
    `${kind}, puts out ${shape}${kernel ? `, kernel ${kernel}, ${parameters} parameters, ${macs} multiply-adds` : ''}.`,
  kinds: {
    input: 'The network’s input',
    conv: 'Convolution',
    add: 'Addition',
    maxPool: 'Max pooling',
    avgPool: 'Average pooling',
    globalAvgPool: 'Global average pooling',
    linear: 'Classifier',
  } satisfies Record<LayerInfo['kind'], string>,

  channelsTitle: (layer: string) => `Range of each output channel’s weights in ${layer}, and the grid that holds it`,
  channelsFinding: (channels: string, times: string, perChannel: boolean) =>
    `Of the ${plural(channels, 'channel')} the widest reaches ${times} as far as the median one; ${perChannel ? 'each has a scale of its own' : 'yet all share one scale'}.`,
  channelsAlike: (channels: string, perChannel: boolean) =>
    `All ${plural(channels, 'channel')} reach about as far; ${perChannel ? 'each has a scale of its own' : 'one scale fits them all'}.`,
  channelAlone: 'It has one channel, and one scale.',
  equalization: {
    title: 'The channels’ ranges',
    trained: 'as trained',
    even: 'equalized',
    finding: (before: string, after: string) =>
      `Equalized, the widest channel reaches ${after} as far as the median one; as trained it was ${before}.`,
    what: 'Equalization divides a channel by a factor and multiplies what the next layer reads of it by the same: the two layers together compute what they did, except that a bounded ReLU between them loses its bound.',
    other: 'ranges of the other choice',
    waiting: 'the ranges of the other choice',
  },
  channelsOf: 'the ranges of its channels',
  channelColumns: { channel: 'Channel', lo: 'Low', hi: 'High', scale: 'Scale', sqnr: 'SQNR, dB' },
  ranges: 'weights, 32-bit float',
  grid: 'ends of the grid',
  channelAxis: 'channel',
  weightAxis: 'weight',

  maps: 'What one image makes of it',
  mapsFinding: (layer: string, channel: number, dB: string, bits: string) =>
    `Channel ${channel} of ${layer} at ${bits}: SQNR ${dB} dB, all error of the layers before it included.`,
  silent: (layer: string, channel: number) => `Channel ${channel} of ${layer} is zero everywhere for this image.`,
  mapsOf: 'the feature maps',
  image: 'Test image',
  imageIs: (number: string, label: string) => `${number}: ${label}`,
  mapChannel: 'Channel',
  float32: '32-bit float',
  quantized: (bits: string) => bits,
  difference: 'difference',
  mapRange: (lo: string, hi: string) => `${lo} to ${hi}`,
  mapError: (most: string) => `at most ${most} off; orange too high, purple too low`,
  pixel: 'Click on a map to follow one number below.',
  row: 'Row',
  column: 'Column',
};
