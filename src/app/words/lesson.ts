/** Words of the lesson: its player, its worksheet, what is expected, and the snippets for other pages. The lessons are data of their own. */
import { plural } from '../../base/text/plural.ts';
import { LESSONS } from './lessons/lessons.ts';

export const lesson = {
  lessons: LESSONS,
  which: 'Lessons',
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
};
