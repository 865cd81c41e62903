/** The technical words of the page, each with one sentence that says what it means. docs/glossary.md has the same table. */

export type Entry = {
  readonly term: string;
  /** One sentence, for somebody of 17 who has never heard the word. */
  readonly meaning: string;
  /** How else the page's sentences spell it. Each spelling, and the term itself, is explained where it stands. */
  readonly also?: readonly string[];
  /** A word so common that it is not marked in sentences: it is explained here alone. */
  readonly common?: true;
};

export const entries: readonly Entry[] = [
  {
    term: '32-bit float',
    meaning: 'a number with a floating point in 32 bits, as a network is trained with: about seven decimal digits',
    also: ['float32', '32-bit', 'float network'],
  },
  {
    term: '95% interval',
    meaning: 'where the true accuracy lies in 95 of 100 such samples: the fewer test images, the wider',
    also: ['95% intervals'],
  },
  {
    term: 'activation',
    meaning: 'a number that a layer computes from an image and hands to the next layer',
    also: ['activations'],
  },
  { term: 'batch', meaning: 'images that go through the network together', also: ['batches'] },
  { term: 'bias', meaning: 'a number that a layer adds to each output of one channel' },
  {
    term: 'bit',
    meaning: 'a digit that is 0 or 1: b of them can tell 2^b values apart, 4 bits 16 and 8 bits 256',
    common: true,
  },
  {
    term: 'calibration',
    meaning:
      'running some training images through the network to see how large its numbers become, before they are rounded',
    also: ['calibrate', 'calibrated'],
  },
  {
    term: 'channel',
    meaning: 'one of the pictures that a layer computes, made by weights of its own',
    also: ['channels'],
  },
  {
    term: 'clipping',
    meaning: 'setting what lies beyond the ends of a grid to the nearest end',
    also: ['clipped', 'clip', 'clamp'],
  },
  {
    term: 'code',
    meaning: 'the whole number that stands for a rounded one: real value = scale · (code − zero point)',
    common: true,
  },
  { term: 'confidence', meaning: 'how sure the network is of its answer, from 0 to 100%, by its own reckoning' },
  { term: 'dB', meaning: 'decibel: ten more are ten times less error, six are about one bit' },
  {
    term: 'distillation',
    meaning: 'learning from the answers of another network, with their doubts, instead of from labels alone',
  },
  {
    term: 'dot product',
    meaning: 'numbers multiplied pair by pair and added up: nearly all of a network’s work',
    also: ['dot products'],
  },
  { term: 'epoch', meaning: 'one pass of a training over all its images', also: ['epochs'] },
  {
    term: 'gradient',
    meaning: 'for each weight, how the loss changes when it grows a little: training walks against it',
    also: ['gradient descent'],
  },
  { term: 'grid', meaning: 'the few values that are allowed after rounding, one step apart', common: true },
  { term: 'int8', meaning: 'a whole number of 8 bits, −128 to 127: four of them fit where one 32-bit number was' },
  {
    term: 'KL divergence',
    meaning: 'how far the rounded network’s doubts are from the float network’s; 0 where they are the same',
    also: ['KL', 'divergence'],
  },
  { term: 'label', meaning: 'the right answer for an image, as people gave it', also: ['labels'] },
  {
    term: 'layer',
    meaning: 'one of the steps, one after another, in which a network turns an image into an answer',
    common: true,
  },
  { term: 'learning rate', meaning: 'how far a weight moves in one step of a training' },
  {
    term: 'logits',
    meaning: 'the network’s ten last numbers, one for each class: the largest is its answer',
    also: ['logit'],
  },
  { term: 'loss', meaning: 'how wrong the network is on some images, as a number that training makes smaller' },
  { term: 'median', meaning: 'the middle one when all are sorted: half are smaller, half are larger' },
  {
    term: 'min/max',
    meaning: 'a range from the least to the greatest value: nothing is clipped, and one outlier makes every step large',
  },
  {
    term: 'MSE',
    meaning: 'mean squared error: the differences squared and averaged, so that large ones count most',
    also: ['squared error'],
  },
  {
    term: 'multiply-add',
    meaning: 'one multiplication and one addition, the unit in which a network’s work is counted',
    also: ['multiply-adds'],
  },
  { term: 'ONNX', meaning: 'a file format for networks that many programs read', also: ['ONNX file', '.onnx'] },
  {
    term: 'ONNX Runtime',
    meaning: 'Microsoft’s program that runs ONNX files, here inside the browser: a second opinion on every network',
  },
  { term: 'outlier', meaning: 'a value far away from all the others', also: ['outliers'] },
  { term: 'parameter', meaning: 'a number that training found: a weight or a bias', also: ['parameters'] },
  {
    term: 'per channel',
    meaning: 'a scale for each channel, so that small weights need not share the steps of large ones',
    also: ['per-channel'],
  },
  { term: 'per tensor', meaning: 'one scale for all weights of a layer', also: ['per-tensor'] },
  { term: 'percentile', meaning: 'the value below which so many of 100 lie', also: ['5th to 95th percentile'] },
  {
    term: 'preset',
    meaning: 'a ready choice of how to round: Modern is what is done today, 2021 is what a project did then',
    also: ['presets'],
  },
  {
    term: 'quantize',
    meaning: 'to round every number to one of a few values, so that each needs fewer bits',
    also: ['quantized', 'quantization'],
  },
  { term: 'range', meaning: 'from the least to the greatest value that a grid can hold', common: true },
  {
    term: 'ResNet',
    meaning: 'a network whose layers add what they find to what they were given; the number counts its layers',
    common: true,
  },
  {
    term: 'scale',
    meaning: 'what one step of a grid is worth: the distance between two neighbouring values',
    also: ['scales'],
  },
  { term: 'seed', meaning: 'the number from which all chance is drawn: the same seed gives the same result' },
  {
    term: 'SIMD',
    meaning: 'one instruction of the processor that works on several numbers at once',
    also: ['relaxed SIMD'],
  },
  { term: 'softmax', meaning: 'makes the logits into shares that add up to 100%' },
  {
    term: 'SQNR',
    meaning: 'how much stronger the signal is than the error of rounding, in decibels: higher is better',
  },
  {
    term: 'straight-through',
    meaning:
      'training as if rounding were not there: its slope is taken for 1, since the true one is 0 almost everywhere',
    also: ['straight-through estimator', 'straight-through line'],
  },
  {
    term: 'tensor',
    meaning: 'a block of numbers: all weights of a layer, or all that it computes of an image',
    also: ['tensors'],
  },
  { term: 'thread', meaning: 'a worker of the processor: two threads compute at the same time', also: ['threads'] },
  {
    term: 'top-1',
    meaning: 'the share of the images for which the network’s first answer is right',
    also: ['top-1 accuracy'],
  },
  { term: 'VNNI', meaning: 'instructions of newer processors that multiply and add four 8-bit numbers at once' },
  { term: 'WebAssembly', meaning: 'a way to run fast, compiled code in a web page, on the processor' },
  { term: 'WebGPU', meaning: 'a way for a web page to compute on the graphics card' },
  { term: 'WebNN', meaning: 'a way for a web page to hand a network to the system, which may have a chip for it' },
  {
    term: 'weight',
    meaning: 'a number of the network that training found: what an input is multiplied by',
    common: true,
  },
  { term: 'zero point', meaning: 'the code that stands for exactly 0', also: ['zero-point'] },
];

export const glossary = {
  entries,
  title: 'Words of this page',
  find: 'Find a word',
  unknown: (word: string) => `The glossary has no word “${word}”.`,
  none: (text: string) => `No word here has “${text}” in it.`,
};
