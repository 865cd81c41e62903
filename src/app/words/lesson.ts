/** Words of the lesson: its player, its worksheet, what is expected, and the snippets for other pages. The steps are a table of their own. */
import { plural } from '../../base/text/plural.ts';
import { steps } from './lessonSteps.ts';

/** A measured answer in words: "84.9%", "84.9% (76.5% to 90.8%)". */
type Told = { readonly value: string; readonly within: string };

export const lesson = {
  steps,
  title: 'A lesson of 45 minutes',
  intro:
    'Seven steps, each with its screen, its tasks and its questions. The player at the foot of the page leads from one to the next and watches the time; the worksheet is for paper.',
  start: 'Start the lesson',
  print: 'Print the worksheet',
  printAnswers: 'Print the answers',
  minutes: (minutes: number) => (minutes === 0 ? 'if there is time' : plural(minutes, 'minute')),
  stepTitle: (number: number, title: string) => `${number}. ${title}`,
  open: 'Open this step',
  player: {
    title: 'The lesson',
    step: (number: number, steps: number, title: string) => `Step ${number} of ${steps}: ${title}`,
    left: (time: string) => `${time} left`,
    over: (time: string) => `${time} over`,
    timer: 'Time of this step',
    point: (number: number, points: number) => `${number}/${points}`,
    nextPoint: 'Next question',
    lastPoint: 'Last question',
    next: 'Next step',
    back: 'Back',
    end: 'End',
  },
  sheet: { name: 'Name', date: 'Date', answers: 'Answers, for the teacher' },
  unmeasured: (id: string) => `No answer named ${id} was recorded for the lesson.`,
  within: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
  measured: (date: string, device: string, images: string) =>
    `Measured on ${date} (${device}) on ${plural(images, 'test image')} with three seeds; in brackets what 100 images may show.`,
  embed: {
    title: 'In your course page or slides',
    what: 'Put this into a page of your learning platform, or into slides that take HTML. It shows one screen without the page’s own navigation; threads need the outer page to be isolated, without them it computes on one.',
    screen: 'Screen',
    copy: 'Copy the snippet',
    copied: 'The snippet is on the clipboard.',
    failed: 'The browser does not let the page copy: mark the snippet and copy it.',
    code: 'Snippet',
    snippet: (address: string, title: string) =>
      `<iframe src="${address}" title="Fewbit: ${title}" width="100%" height="800" allow="cross-origin-isolated; fullscreen; clipboard-write" style="border: 0"></iframe>`,
  },
  /** What is expected, by step: each sentence with the numbers that it needs. */
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
  } as { readonly [step: string]: readonly ((numbers: { readonly of: (id: string) => Told }) => string)[] },
};
