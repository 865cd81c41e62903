/** Where the lesson, the README and docs/links.md send a teacher is there: links restore what they say, controls exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLink } from '../src/app/state/link.ts';
import { answerOf, numbersOf } from '../src/app/screens/lesson/expected.ts';
import type { LessonStep } from '../src/app/words/lessons/lesson.ts';
import { LESSONS } from '../src/app/words/lessons/lessons.ts';
import { WORDS } from '../src/app/words/words.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const LINKS = read('docs/links.md');
const DOCUMENTS = LESSONS.map((lesson) => ({ lesson, text: read(lesson.document) }));
const PAGES = {
  ...Object.fromEntries(DOCUMENTS.map(({ lesson, text }) => [lesson.document, text])),
  'README.md': read('README.md'),
  'docs/links.md': LINKS,
};

/** `#screen=snap&bits=8`, and parts of a link: `&view=projector`, `images=200`. */
const linksIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([#&]?[a-z-]+=[^\s`]+)`/g)]
    .map(([, link]) => link.replace(/^&/, '#'))
    .map((link) => (link.startsWith('#') ? link : `#${link}`));

/** A list in any order is the same list. */
const inOrder = (value: string): string => value.split(',').toSorted().join();

describe.each(Object.entries(PAGES))('%s', (_, text) => {
  test.each(linksIn(text))('%s restores all that it says, without a note', (link) => {
    const { link: restored, problems } = parseLink(link);
    expect(problems).toEqual([]);
    for (const [name, value] of new URLSearchParams(link.slice(1))) {
      expect(restored).toHaveProperty(name);
      expect(inOrder(String(restored[name as keyof typeof restored])), name).toBe(inOrder(value));
    }
  });
});

/** The steps of a lesson's document, without what stands before and after them. */
const sectionsOf = (text: string): readonly string[] => text.split(/^## /m).slice(1, -1);

test.each(DOCUMENTS)('the scan finds the links of $lesson.document: one for each step', ({ lesson, text }) => {
  expect(sectionsOf(text)).toHaveLength(lesson.steps.length);
  for (const step of sectionsOf(text)) expect(step, step).toMatch(/^.+\n\n`#screen=\S+`\n/);
});

test('the scan finds the links of docs/links.md, and the first lesson has eight steps', () => {
  expect(LESSONS[0].steps).toHaveLength(8);
  expect(linksIn(LINKS).length).toBeGreaterThan(5);
});

/** A step of the lesson as the document writes it. */
function sectionOf({ title, minutes, link, intro, points }: LessonStep, index: number): string {
  const heading = minutes > 0 ? `${index + 1}. ${title} (${minutes} minutes)` : title;
  return [heading, `\`${link}\``, ...(intro ? [intro] : []), points.map((point) => `- ${point}`).join('\n')].join(
    '\n\n',
  );
}

test.each(DOCUMENTS)(
  '$lesson.document has the steps of the page’s lesson, sentence for sentence',
  ({ lesson, text }) => {
    expect(sectionsOf(text).map((section) => section.trim())).toEqual(lesson.steps.map(sectionOf));
  },
);

test.each(LESSONS)(
  'every step of $document has expected answers, each number measured within its tolerance',
  (lesson) => {
    const asked: string[] = [];
    const of = (id: string) => {
      asked.push(id);
      const { value, low, high } = answerOf(lesson.id, id);
      if (typeof value === 'number' && low !== undefined && high !== undefined) {
        expect(value, id).toBeGreaterThanOrEqual(low);
        expect(value, id).toBeLessThanOrEqual(high);
      }
      return numbersOf(lesson.id).of(id);
    };
    for (const { id } of lesson.steps) {
      const sentences = (lesson.expected[id] ?? []).map((sentence) => sentence({ of }));
      expect(sentences.length, id).toBeGreaterThan(0);
      for (const sentence of sentences) expect(sentence, id).not.toMatch(/undefined|NaN/);
    }
    expect(asked.length).toBeGreaterThan(12);
  },
);

/** Every text of the page; what a function puts in is "…". */
function textsOf(words: unknown): readonly string[] {
  if (typeof words === 'string') return [words];
  if (Array.isArray(words)) return words.flatMap(textsOf);
  if (typeof words === 'object' && words !== null) return Object.values(words).flatMap(textsOf);
  if (typeof words !== 'function') return [];
  try {
    return textsOf(
      Reflect.apply(
        words,
        undefined,
        Array.from({ length: words.length }, () => '…'),
      ),
    );
  } catch {
    // Its arguments are no texts: no control is called by it.
    return [];
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Texts with words of their own: one that is only what a function was given would match anything. */
const TEXTS = textsOf(WORDS)
  .filter((text) => /\p{L}/u.test(text))
  .map((text) => new RegExp(`^${escaped(text).replaceAll('…', '.+')}$`));
const isOnThePage = (name: string): boolean => TEXTS.some((text) => text.test(name));

test('a name is on the page where the page says it, whatever a function puts in', () => {
  expect(isOnThePage('Just show me')).toBe(true);
  expect(isOnThePage('Take 6 test images')).toBe(true);
  expect(isOnThePage('Take test images')).toBe(false);
  expect(isOnThePage('Press here')).toBe(false);
});

test.each(DOCUMENTS)('every control and screen that $lesson.document names in italics is on the page', ({ text }) => {
  const names = [...text.matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'Ask:' && name !== 'Exercise:');
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !isOnThePage(name))).toEqual([]);
});

/** Steps with their minutes, as a document has them. */
const timedSteps = (text: string) =>
  [...text.matchAll(/^## \d\. (.+) \((\d+) minutes\)\n\n`(#\S+)`$/gm)].map(([, title, minutes, link]) => ({
    title,
    minutes: Number(minutes),
    link,
  }));

test.each(DOCUMENTS)('the steps of $lesson.document fill the lesson that its title promises', ({ lesson, text }) => {
  const whole = timedSteps(text).reduce((sum, { minutes }) => sum + minutes, 0);
  expect(lesson.title).toMatch(new RegExp(`^A (?:second )?lesson of ${whole} minutes$`));
  expect(text.split('\n')[0]).toBe(`# ${lesson.title}`);
});

test('a step called after a screen opens that screen', () => {
  const steps = timedSteps(DOCUMENTS[0].text);
  expect(steps.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(45);
  const called = steps.flatMap(({ title, link }) =>
    Object.entries(WORDS.screens)
      .filter(([, words]) => words.title === title)
      .map(([screen]) => ({ screen, link })),
  );
  expect(called).toHaveLength(4);
  for (const { screen, link } of called) expect(parseLink(link).link.screen).toBe(screen);
});
