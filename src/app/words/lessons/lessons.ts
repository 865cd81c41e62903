/** The lessons that the page leads through. */
import { bits } from './bits.ts';
import type { Lesson } from './lesson.ts';
import { mobilenet } from './mobilenet.ts';

const ALL = [bits, mobilenet] as const satisfies readonly Lesson[];

export type LessonName = (typeof ALL)[number]['id'];
export const LESSONS: readonly (Lesson & { readonly id: LessonName })[] = ALL;
export const LESSON_NAMES = LESSONS.map(({ id }) => id);

export function lessonNamed(name: LessonName): (typeof LESSONS)[number] {
  return LESSONS.find(({ id }) => id === name) ?? LESSONS[0];
}
