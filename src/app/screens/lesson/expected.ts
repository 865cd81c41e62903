/** The measured answers of the lessons, as their sentences tell them. */
import bits from '../../../../datasets/recorded/lesson.json' with { type: 'json' };
import mobilenet from '../../../../datasets/recorded/lessonMobilenet.json' with { type: 'json' };
import { count, percent, percentShort } from '../../text/format.ts';
import type { Lesson, Numbers } from '../../words/lessons/lesson.ts';
import type { LessonName } from '../../words/lessons/lessons.ts';
import { WORDS } from '../../words/words.ts';

type Answer = { readonly id: string; readonly value: number | string; readonly low?: number; readonly high?: number };
type Recorded = {
  readonly date: string;
  readonly device: string;
  readonly images: number;
  readonly answers: readonly Answer[];
};

const RECORDED: Readonly<Record<LessonName, Recorded>> = { bits, mobilenet };

/** What is expected of one question. @throws when nobody has measured it */
export function answerOf(lesson: LessonName, id: string): Answer {
  const answer = RECORDED[lesson].answers.find((one) => one.id === id);
  if (!answer) throw new Error(WORDS.lesson.unmeasured(id));
  return answer;
}

export const numbersOf = (lesson: LessonName): Numbers => ({
  of(id) {
    const { value, low, high } = answerOf(lesson, id);
    const told = typeof value === 'number' ? percent(value) : value;
    const within =
      low === undefined || high === undefined ? told : WORDS.lesson.within(told, percentShort(low), percentShort(high));
    return { value: told, within };
  },
});

export function measuredNote({ id, measured }: Lesson & { readonly id: LessonName }): string {
  const { date, device, images } = RECORDED[id];
  return measured(date, device, count(images));
}
