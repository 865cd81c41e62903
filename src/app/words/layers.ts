/** Words of Which layer hurts?: the network as a strip, each layer's noise, and what it costs alone. */
import type { LayerInfo } from '../../contract/calls/inspect.ts';

export const layers = {
  strip: 'The network, layer by layer',
  colour: 'The number is',
  weights: 'SQNR of the weights, in dB',
  activations: 'SQNR of the activations, in dB',
  stripFinding: (
    what: 'weights' | 'activations',
    bits: string,
    layer: string,
    dB: string,
    best: string,
    bestDb: string,
  ) => `At ${bits} the ${what} of ${layer} are the noisiest, ${dB} dB; those of ${best} the cleanest, ${bestDb} dB.`,
  cell: (layer: string, dB: string, bits: number) => `${layer}: ${dB} dB at ${bits} bits`,
  stripHint:
    'More dB is less noise: a bit is worth about 6 dB. Orange, with the shortest bar, is the noisiest layer; blue is 12 dB cleaner, or more. Choose a layer to look inside.',
  asking: 'every layer’s noise',
  stale: (name: string) => `These are the numbers of ${name}.`,

  alone: 'What each layer costs alone',
  aloneTask: (bits: string) => `One layer at a time is quantized to ${bits}, and all others stay 32-bit float.`,
  guess: {
    question: 'Which layer then costs the most? Choose it here, or in the strip.',
    result: (guess: string, rank: number, total: number, top1: string) =>
      rank === 1
        ? `You guessed ${guess}, and no layer costs more: with it alone quantized the network still recognises ${top1}.`
        : `You guessed ${guess}. It is number ${rank} of ${total}: with it alone quantized the network recognises ${top1}.`,
    waiting: (layer: string) => `You guessed ${layer}. Measuring every layer will tell.`,
  },
  measure: 'Measure every layer',
  measuring: 'what every layer costs',
  rankTitle: 'What each layer costs alone: divergence of the output (KL, in nats), and the accuracy that is left',
  rankProvenance: (run: string) => `${run}; each layer alone, weights and activation`,
  yourGuess: 'your guess',
  rankLabel: (divergence: string, top1: string) => `KL ${divergence} · ${top1} right`,
  rankColumns: {
    rank: 'Rank',
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
    globalAvgPool: 'Global average pooling',
    linear: 'Classifier',
  } satisfies Record<LayerInfo['kind'], string>,

  channelsTitle: (layer: string) => `Range of each output channel’s weights in ${layer}, and the grid that holds it`,
  channelsFinding: (channels: string, times: string, perChannel: boolean) =>
    `Of the ${channels} channels the widest reaches ${times} as far as the median one; ${perChannel ? 'each has a scale of its own' : 'yet all share one scale'}.`,
  channelsOf: 'the ranges of its channels',
  channelColumns: { channel: 'Channel', lo: 'Low', hi: 'High', scale: 'Scale', sqnr: 'SQNR, dB' },
  ranges: 'weights, 32-bit float',
  grid: 'ends of the grid',
  channelAxis: 'channel',

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
