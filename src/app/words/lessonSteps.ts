/**
 * The lesson, step by step: docs/teaching.md has the same sentences, held to these by a test. *Names* of the page's
 * controls and screens stand between asterisks, as do *Ask:* and *Exercise:*.
 */

export type LessonStep = {
  readonly id: string;
  readonly title: string;
  /** 0: where there is time. */
  readonly minutes: number;
  /** What the page shows at this step. */
  readonly link: string;
  /** What stands before the points. */
  readonly intro?: string;
  /** Tasks and questions, in the order of the lesson. */
  readonly points: readonly string[];
};

export const steps: readonly LessonStep[] = [
  {
    id: 'predict',
    title: 'Predict',
    minutes: 5,
    link: '#screen=bill&hide=story,files',
    intro: 'The page opens with recorded results and replaces them by measured ones; both say which they are.',
    points: [
      '*Ask:* A photograph with 4 bits a colour has 16 shades and looks poor. What will be left of 87% when every weight and every activation has 16 values?',
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
      'Walk the path under the chart, from *1 The cliff* to *5 Repair the bias*, one button a step; each is measured on this machine. Before each step: “will this help a little or a lot?”',
      '*Ask:* Which step cost nothing in size? Which one cost the most of it, and was it worth it?',
      'Go one step beyond the path: open *Change the preset* and set *Repair after rounding* to *gain and bias correction*. Then try other *Ranges*, or *one for each tensor* under *Scales of the weights*. *Ask:* Clipping a weight shrinks it. What would make up for that, and why is the bias not enough?',
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
