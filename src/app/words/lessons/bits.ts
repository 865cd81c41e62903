/** How few bits does a neural network need? The lesson with the network that the page brings. */
import { plural } from '../../../base/text/plural.ts';
import type { Lesson, LessonStep } from './lesson.ts';

const steps: readonly LessonStep[] = [
  {
    id: 'predict',
    title: 'Predict',
    minutes: 5,
    link: '#screen=bill&hide=story,files',
    intro: 'The page opens with recorded results and replaces them by measured ones; both say which they are.',
    points: [
      '*Ask:* A photograph with 4 bits a colour has 16 shades and looks poor. What will be left of 90% when every weight and every activation has 16 values?',
      'Everybody enters a guess (*That is my guess*) before moving the slider to 4: until then the page hides 4 bits and fewer. The guess stays on the chart as a diamond.',
      '*Ask:* Who was too pessimistic? Why might a network bear rounding better than an eye?',
    ],
  },
  {
    id: 'snap',
    title: 'Snap',
    minutes: 8,
    link: '#screen=snap&bits=8&hide=presets,guess,files,story',
    points: [
      "Move the slider from 8 to 2. The histogram of one layer's weights collapses onto the grid.",
      '*Ask:* How many spikes are there at 3 bits? Why is one of them at exactly zero?',
      'Follow one weight (*The way of one weight*): w → w/s → round → clamp → q → s·(q − z). *Ask:* What is the largest error that rounding can make, in steps? When does clamping make a larger one?',
      '*Exercise:* the 2021 project printed `int = float / scale - zero_point` beside `float = (int - zero_point) * scale`. Put one into the other. Which sign is wrong?',
    ],
  },
  {
    id: 'clip',
    title: 'Clip or round?',
    minutes: 7,
    link: '#screen=clip&bits=4&hide=guess,files,story',
    points: [
      'Drag the *Clipping threshold* down from the maximum. *Ask:* Which error rises, which falls, and why does their sum have a minimum?',
      'Compare the minimum at 8 and at 3 bits. *Ask:* With fewer bits, does it pay to clip more or less?',
      'Press the buttons under *Thresholds that methods choose*: min/max, a percentile, the least squared error (MSE). *Ask:* Which of them would you trust with one huge outlier?',
    ],
  },
  {
    id: 'layers',
    title: 'Which layer hurts?',
    minutes: 7,
    link: '#screen=layers&bits=4&preset=2021&hide=files,story',
    points: [
      'Everybody names the layer that will hurt most: choose it in the strip, or beside *My guess*, and press *That is my guess*. One layer at a time is quantized, in about fifteen seconds; the page says where the guess came in. (The ranking counts the input and the additions, too: their activations are rounded like any other.)',
      '*Ask:* Is it the largest layer? Is it the one with the noisiest weights? Are the first and the last layer at the top? (The page says so only where its images show it; a range of places, as 2–5, is a tie.)',
      'Look inside a layer: the ranges of its channels. *Ask:* What happens to a channel of small weights that shares its scale with a large one?',
    ],
  },
  {
    id: 'story',
    title: 'From the cliff of 2021 to here',
    minutes: 10,
    link: '#screen=bill&bits=3&preset=2021&hide=guess,files',
    points: [
      'Show the published numbers of 2021 (the checkbox over *Accuracy against size*). *Ask:* Why do all their squares stand at a quarter of the size, from 8 bits to 4?',
      'Walk the path under the chart, from *1 The cliff* to *5 Repair gain and bias*, one button a step; each is measured on this machine. Before each step: “will this help a little or a lot?”',
      '*Ask:* Which step cost nothing in size? Which one cost the most of it, and was it worth it?',
      'Go one step aside: open *Change the preset* and set *Repair after rounding* to *bias correction*, the same without the factor. *Ask:* Clipping a weight shrinks it. Why is the bias alone not enough, and what does the page do with a repair that brings nothing? Then take *gain and bias correction* again and try other *Ranges*, or *one for each tensor* under *Scales of the weights*.',
      '*Ask:* An accuracy is measured on 1,000 images. Which of the differences that you saw could be luck? Put `&images=100` behind the link, reload, and look at the 95% intervals.',
    ],
  },
  {
    id: 'staircase',
    title: 'Learning through a staircase',
    minutes: 5,
    link: '#screen=staircase&bits=3&hide=guess,files,story',
    points: [
      '*Ask:* What is the slope of a staircase? What then does gradient descent learn from it?',
      'Press *One step*, then *Train*; watch weights drift across a boundary, and *Pause*. *Ask:* Why may we pretend that the slope is one?',
    ],
  },
  {
    id: 'classify',
    title: 'What is it good for?',
    minutes: 3,
    link: '#screen=classify&bits=4&hide=guess,story',
    points: [
      'Drop a photograph, or press *Take 6 test images*. *Ask:* Where do 2 bits see something else, and how sure are they of it?',
      '*Ask:* Fewer bits made the file smaller. Did they make it faster on your machine? What would the processor need for that? (*Race* measures it with care.)',
    ],
  },
  {
    id: 'larger',
    title: 'If there is time: a network ninety times as large',
    minutes: 0,
    link: '#screen=bill&model=resnet50&bits=5&hide=guess,files',
    intro:
      'ResNet-50 on photographs of 160 pixels, and with `model=resnet18` ResNet-18. Their weights are not on the page, which says so and shows what was recorded of them; with a network, *Data* downloads them, and the page then measures its own.',
    points: [
      "*Ask:* Show the published numbers again. The same network, the same 5 bits: what did 2021 lose, and what is lost with today's choices?",
      'Move the slider to 4. *Ask:* ResNet-20 lost three points there. Why might the larger network lose more?',
    ],
  },
];

export const bits = {
  id: 'bits',
  document: 'docs/teaching.md',
  title: 'A lesson of 45 minutes',
  question: 'How few bits does a neural network need?',
  intro:
    'Seven steps, each with its screen, its tasks and its questions. The player at the foot of the page leads from one to the next and watches the time; the worksheet is for paper.',
  steps,
  expected: {
    predict: [
      ({ of }) =>
        `32 bits: ${of('float32').value}. 4 bits: ${of('modern-4').within}. 2 bits: ${of('modern-2').within}.`,
      () =>
        'A network adds up many rounded numbers, and their errors partly cancel; an eye sees every shade by itself.',
    ],
    snap: [
      () => '3 bits: 2³ = 8 levels, one of them at zero: the grid is symmetric, and code 0 stands for exactly 0.',
      () => 'Rounding errs by half a step at most; clamping by more, where a weight lies beyond the grid’s end.',
      () =>
        'int = (int − zero_point) − zero_point cannot be: it must be int = float / scale + zero_point. The sign in the first formula is wrong.',
    ],
    clip: [
      () =>
        'A lower threshold clips more and rounds finer: the one error rises, the other falls, and their sum has a minimum between.',
      ({ of }) =>
        `The least squared error keeps this share of the widest range: 8 bits ${of('clip-8').value}, 4 bits ${of('clip-4').value}, 3 bits ${of('clip-3').value}. Fewer bits, more clipping.`,
      () => 'Not min/max: one outlier makes every step large. A percentile or the least squared error clips it.',
    ],
    layers: [
      ({ of }) =>
        `First in the ranking: ${of('worst-layer').value}; a range of places is a tie. It need be neither the largest nor the noisiest.`,
      () => 'A channel of small weights that shares its scale with a large one gets few levels, or zero alone.',
    ],
    story: [
      ({ of }) =>
        `At 3 bits: the cliff ${of('story-cliff').within}, channels ${of('story-channels').within}, ranges ${of('story-ranges').within}, ends ${of('story-ends').within}, repair ${of('story-repair').within}.`,
      () => 'Their files hold 8-bit numbers at every width, so none is smaller than a quarter.',
      () => 'Scales, ranges and the repair cost nearly nothing in size; first and last layer at 8 bits cost the most.',
      () => 'Differences within the 95% intervals could be luck: with 100 images most of them.',
    ],
    staircase: [
      () =>
        'The slope is 0 nearly everywhere, so gradient descent would learn nothing; with a slope of 1 it feels where the steps lead.',
      ({ of }) => `3 bits, rounded only ${of('modern-3').value}; after the training ${of('trained-3').within}.`,
    ],
    classify: [
      ({ of }) =>
        `Size at 8 bits: ${of('size-8').value} of 32 bits; at 4 bits ${of('size-4').value}; at 3 bits ${of('size-3').value}.`,
      () =>
        'Fewer than 8 bits are seldom faster: processors multiply bytes. For more they need instructions for narrower numbers.',
    ],
    larger: [() => 'Its channels differ more, and it has more layers whose errors add up.'],
  },
  measured: (date, device, images) =>
    `Measured on ${date} (${device}) on ${plural(images, 'test image')} with three seeds; in brackets what 100 images may show.`,
} as const satisfies Lesson;
