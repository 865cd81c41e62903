/**
 * What a lesson is. Its document in docs has the same sentences, held to these by a test. *Names* of the page's controls and
 * screens stand between asterisks, as do *Ask:* and *Exercise:*.
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

/** A measured answer in words: "84.9%", "84.9% (76.5% to 90.8%)". */
type Told = { readonly value: string; readonly within: string };

/** The recorded answers of a lesson, by their ids. */
export type Numbers = { readonly of: (id: string) => Told };

/** A sentence with the numbers that it needs. */
export type Expected = (numbers: Numbers) => string;

export type Lesson = {
  /** As a link says it. */
  readonly id: string;
  /** Its document, from the root of the repository. */
  readonly document: string;
  readonly title: string;
  /** What it answers. */
  readonly question: string;
  readonly intro: string;
  readonly steps: readonly LessonStep[];
  /** What is expected, by step. */
  readonly expected: Readonly<Record<string, readonly Expected[]>>;
  /** How the answers were measured. */
  readonly measured: (date: string, device: string, images: string) => string;
};
