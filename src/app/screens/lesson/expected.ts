/** The measured answers of the lesson, as its sentences tell them. */
import recorded from '../../../../datasets/recorded/lesson.json' with { type: 'json' };
import { count, percent, percentShort } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';

type Answer = { readonly id: string; readonly value: number | string; readonly low?: number; readonly high?: number };

const ANSWERS: readonly Answer[] = recorded.answers;

/** What is expected of one question. @throws when nobody has measured it */
export function answerOf(id: string): Answer {
  const answer = ANSWERS.find((one) => one.id === id);
  if (!answer) throw new Error(WORDS.lesson.unmeasured(id));
  return answer;
}

export const numbers = {
  of(id: string): { readonly value: string; readonly within: string } {
    const { value, low, high } = answerOf(id);
    const told = typeof value === 'number' ? percent(value) : value;
    const within =
      low === undefined || high === undefined ? told : WORDS.lesson.within(told, percentShort(low), percentShort(high));
    return { value: told, within };
  },
};

export const measuredNote = (): string => WORDS.lesson.measured(recorded.date, recorded.device, count(recorded.images));
