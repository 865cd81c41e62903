/** Why does MobileNet break where ResNet bends? The lesson with a Teachable Machine model that the class brings. */
import { plural } from '../../../base/text/plural.ts';
import type { Lesson, LessonStep } from './lesson.ts';

/** The class's own network, on photographs that every copy of the page has: small ones, so that nobody waits long. */
const OWN = 'model=own&dataset=cifar10-sample&side=96&images=200';
const REST = 'hide=guess,files,story';

const steps: readonly LessonStep[] = [
  {
    id: 'bring',
    title: 'Bring a network',
    minutes: 6,
    link: `#screen=data&${OWN}&${REST}`,
    intro:
      'No MobileNet comes with the page: this lesson needs an image model that somebody made in Teachable Machine. Two classes of thirty pictures and a press of its Train button are enough.',
    points: [
      'Drop the model anywhere on *Data*: the zip that Teachable Machine gives under Export Model, Tensorflow.js, Download my model, or the three files in it. It stays in this browser. One model is enough for a class: hand it round.',
      'The page tries it on small photographs that it brings along, enlarged to 96 × 96 pixels. The network was trained on 224 × 224, and answers five times as fast at 96.',
      '*Ask:* The model knows mugs and hands, or whatever it was taught. The photographs show frogs and aeroplanes, so no answer can be right. What can be measured all the same?',
    ],
  },
  {
    id: 'bends',
    title: 'ResNet bends',
    minutes: 6,
    link: `#screen=bill&bits=8&granularity=tensor&${REST}`,
    points: [
      'First the network that the page brings, a ResNet-20. Its weights have 8 bits, and all channels of a layer share one scale. Read the sentence over *Accuracy against size*: what did that cost?',
      'Open *Change the preset* and set *Scales of the weights* to *one for each channel*. *Ask:* Was a scale for each channel worth it here?',
      '*Ask:* Now the same 8 bits and the same one scale for the MobileNet. How many of 100 photographs will it answer as it did at 32 bits? Everybody writes down a number.',
    ],
  },
  {
    id: 'breaks',
    title: 'MobileNet breaks',
    minutes: 8,
    link: `#screen=bill&${OWN}&bits=8&granularity=tensor&${REST}`,
    points: [
      'Read the first sentence, which speaks of agreement: the share of photographs that are answered as at 32 bits. *Ask:* Who came closest?',
      'Open *Change the preset* and set *Scales of the weights* to *one for each channel*. *Ask:* The bits are as many as before, and the file is hardly larger. What was it then that lost the answers?',
      'Set *Repair after rounding* to *gain and bias correction*. *Ask:* What may it make up for that scales cannot?',
    ],
  },
  {
    id: 'channels',
    title: 'The channels of one layer',
    minutes: 9,
    link: `#screen=layers&${OWN}&bits=8&granularity=tensor&layer=block_15_depthwise&${REST}`,
    points: [
      'Go down to *Inside block_15_depthwise*. Each grey bar is a channel, from its least weight to its greatest; the blue lines are the ends of the grid that all of them share.',
      '*Ask:* 8 bits make 256 codes between the blue lines. How many of them are left for a channel that reaches a twenty-eighth as far?',
      'Choose `block_15_project` in the strip, an ordinary convolution. *Ask:* Its channels reach about alike. A depthwise channel has nine weights and reads one channel alone; an ordinary one adds up all of them. Why are the depthwise ones so unlike?',
      'Choose `block_15_depthwise` again, open *Change the preset* on *The bill* and set *Scales of the weights* to *one for each channel*; come back. *Ask:* What became of the blue lines?',
    ],
  },
  {
    id: 'equalize',
    title: 'Make them even',
    minutes: 8,
    link: `#screen=layers&${OWN}&bits=8&granularity=tensor&layer=block_15_depthwise&${REST}`,
    points: [
      'Under *Range of each output channel’s weights in block_15_depthwise, and the grid that holds it* choose *equalized*. The thin lines are the ranges *as trained*. *Ask:* Why may a channel be made ten times as small, if whatever reads it has its weights made ten times as large?',
      '*Ask:* Between the two layers stands a ReLU6, which makes 6 of all that is more. Divide a channel by ten: what happens to its 6?',
      'Choose `block_14_depthwise`. *Ask:* Here some channels still stand out. What must be true of what they read?',
      'Open *The bill*, then *Change the preset*, and set *Repair after rounding* to *cross-layer equalization*. *Ask:* The ranges are even, and are the answers better? What has the network lost on the way?',
    ],
  },
  {
    id: 'narrow',
    title: 'Fewer bits, class by class',
    minutes: 8,
    link: `#screen=bill&${OWN}&bits=8&repair=gain&${REST}`,
    intro: 'With a scale for each channel, searched ranges, and gain and bias corrected.',
    points: [
      'Move the slider from 8 to 6 and to 4, and wait for each. *Ask:* From where on would you not trust the network with your own pictures?',
      'Look at *Class by class*: which classes die first? Press a number at 4 bits and look at the pictures. *Ask:* What are they taken for, and is it one class that swallows the others?',
      '*Ask:* These are not pictures of your classes. Would you expect more agreement on those, or less? (Drop a folder of them on *Data*, choose it, and see.)',
    ],
  },
];

export const mobilenet = {
  id: 'mobilenet',
  document: 'docs/teaching-mobilenet.md',
  title: 'A second lesson of 45 minutes',
  question: 'Why does MobileNet break where ResNet bends?',
  intro:
    'Six steps with a network of the class’s own, made in Teachable Machine. The player at the foot of the page leads from one to the next and watches the time; the worksheet is for paper.',
  steps,
  expected: {
    bring: [
      () =>
        'How often fewer bits answer as 32 bits do: agreement. It says nothing of whether an answer is right, only whether the bits changed it.',
    ],
    bends: [
      ({ of }) =>
        `32 bits: ${of('resnet-32').value}. 8 bits with one scale for each tensor: ${of('resnet-tensor').within}; with one for each channel: ${of('resnet-channel').within}. No difference that the images could tell.`,
      ({ of }) =>
        `In no layer of ResNet-20 does the widest channel reach more than ${of('resnet-reach').value} as far as the median one.`,
    ],
    breaks: [
      ({ of }) =>
        `One scale for each tensor: ${of('tensor').within}; three models of different people kept ${of('tensor-each').value} of their answers. The one that kept nearly all knows three classes and says the same of nearly every photograph: its KL divergence shows what its agreement hides.`,
      ({ of }) =>
        `A scale for each channel: ${of('channel').within}; the three kept ${of('channel-each').value}. Eight bits were enough; that channels of very different reach shared them was not.`,
      ({ of }) =>
        `With gain and bias corrected: ${of('gain-8').within}. Rounding and clipping shrink and shift whole channels, layer after layer; this puts their scale and mean right.`,
    ],
    channels: [
      ({ of }) =>
        `The widest channel of block_15_depthwise reaches ${of('reach-before').value} as far as the median one. For that one there are about 256 / 28, that is nine codes: hardly more than 3 bits.`,
      () =>
        'A sum of many channels evens out; nine weights alone do not. And folding the batch norm multiplies each channel by a factor of its own, large where the channel’s values vary little.',
      () =>
        'Everybody sees the same bars: Teachable Machine trains the last two layers alone, and all others are as they came.',
      () => 'Each channel has its own pair of blue lines, right at the ends of its bar.',
    ],
    equalize: [
      ({ of }) =>
        `In block_15_depthwise the widest then reaches ${of('reach-after').value} as far as the median one, after ${of('reach-before').value}. What is divided here is multiplied there, and a ReLU lets a positive factor through: the same function.`,
      () =>
        'The bound would have to be divided, too, each channel’s by its own factor. The method drops it instead, and what lay above it now passes.',
      ({ of }) =>
        `In block_14_depthwise it is ${of('dead-after').value}, after ${of('dead-before').value}. What those channels read is dead, the same whatever the picture: there is no range that could be shared with them.`,
      ({ of }) =>
        `Equalized with one scale for each tensor: ${of('even-tensor').within}, and the three models kept ${of('even-tensor-each').value}; with a scale for each channel: ${of('even-channel').within}, ${of('even-channel-each').value}. Even at 32 bits the network without its bounds gives only ${of('bound-each').value} of its answers again.`,
    ],
    narrow: [
      ({ of }) => `8 bits: ${of('gain-8').within}. 6 bits: ${of('gain-6').within}. 4 bits: ${of('gain-4').within}.`,
      () => 'At few bits one or two classes are answered to nearly everything: theirs are the rows that stay.',
      () => 'Try it: a network is usually surer of what it was taught, and a sure answer bears more rounding.',
    ],
  },
  measured: (date, device, images) =>
    `Measured on ${date} (${device}) with three models from Teachable Machine, on ${plural(images, 'photograph')} of 96 × 96 pixels: the middle one, in brackets the lowest to the highest end of the three 95% intervals.`,
} as const satisfies Lesson;
