/** The lesson for the teacher: its steps with tasks, questions and answers, the worksheet, and snippets for other pages. */
import { useState } from 'react';
import { Marked } from '../../lesson/Marked.tsx';
import { stepLink } from '../../lesson/stepLink.ts';
import { linkOf } from '../../state/selectors.ts';
import { formatLink, type Link } from '../../state/link.ts';
import { WORDS } from '../../words/words.ts';
import type { Lesson, LessonStep } from '../../words/lessons/lesson.ts';
import { lessonNamed, LESSONS, type LessonName } from '../../words/lessons/lessons.ts';
import type { ScreenProps } from '../types.ts';
import { Embed } from './Embed.tsx';
import { measuredNote, numbersOf } from './expected.ts';
import './lesson.css';

export function LessonScreen({ state }: ScreenProps) {
  const words = WORDS.lesson;
  const [printed, setPrinted] = useState<'sheet' | 'answers'>('sheet');
  const link = linkOf(state);
  const lesson = lessonNamed(link.plan);

  function print(what: 'sheet' | 'answers'): void {
    setPrinted(what);
    // The page is drawn for it first.
    requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
  }

  return (
    <section className="teach" aria-labelledby="teach" data-printed={printed}>
      <p className="sheet-head" aria-hidden="true">
        <span>{words.sheet.name}</span>
        <span>{words.sheet.date}</span>
      </p>
      {LESSONS.length > 1 && <Lessons link={link} />}
      <h2 id="teach">{lesson.title}</h2>
      <p className="buttons">
        <a className="button" href={stepLink(link, 1)}>
          {words.start}
        </a>
        <button type="button" onClick={() => print('sheet')}>
          {words.print}
        </button>
        <button type="button" onClick={() => print('answers')}>
          {words.printAnswers}
        </button>
      </p>
      <p className="teach-intro">{lesson.intro}</p>
      <ol className="teach-steps">
        {lesson.steps.map((step, i) => (
          <Step key={step.id} lesson={lesson} step={step} number={i + 1} link={link} />
        ))}
      </ol>
      <p className="provenance">{measuredNote(lesson)}</p>
      <Embed link={link} />
    </section>
  );
}

/** Which lessons there are: each by its question. */
function Lessons({ link }: { readonly link: Link }) {
  return (
    <nav className="teach-lessons" aria-label={WORDS.lesson.which}>
      {LESSONS.map(({ id, question }) => (
        <a
          key={id}
          className="button"
          href={formatLink({ ...link, plan: id, lesson: 0 }) || '#'}
          aria-current={id === link.plan ? 'page' : undefined}
        >
          {question}
        </a>
      ))}
    </nav>
  );
}

type StepProps = {
  readonly lesson: Lesson & { readonly id: LessonName };
  readonly step: LessonStep;
  readonly number: number;
  readonly link: Link;
};

function Step({ lesson, step, number, link }: StepProps) {
  const words = WORDS.lesson;
  const numbers = numbersOf(lesson.id);
  const expected = (lesson.expected[step.id] ?? []).map((sentence) => sentence(numbers));
  return (
    <li data-testid={`step-${step.id}`}>
      <h3>
        {words.stepTitle(number, step.title)} <small>{words.minutes(step.minutes)}</small>
      </h3>
      <p className="open-step">
        <a href={stepLink(link, number)}>{words.open}</a>
      </p>
      <ul>
        {step.points.map((point) => (
          <li key={point} className={/\*(?:Ask|Exercise):\*/.test(point) ? 'asks' : undefined}>
            <Marked>{point}</Marked>
          </li>
        ))}
      </ul>
      <details className="answers">
        <summary>{words.sheet.answers}</summary>
        <ul>
          {expected.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </details>
    </li>
  );
}
