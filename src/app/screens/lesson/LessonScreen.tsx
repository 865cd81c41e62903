/** The lesson for the teacher: its steps with tasks, questions and answers, the worksheet, and snippets for other pages. */
import { useState } from 'react';
import { Marked } from '../../lesson/Marked.tsx';
import { stepLink } from '../../lesson/stepLink.ts';
import { linkOf } from '../../state/selectors.ts';
import type { Link } from '../../state/link.ts';
import { WORDS } from '../../words/words.ts';
import type { LessonStep } from '../../words/lessonSteps.ts';
import type { ScreenProps } from '../types.ts';
import { Embed } from './Embed.tsx';
import { measuredNote, numbers } from './expected.ts';
import './lesson.css';

export function LessonScreen({ state }: ScreenProps) {
  const words = WORDS.lesson;
  const [printed, setPrinted] = useState<'sheet' | 'answers'>('sheet');
  const link = linkOf(state);

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
      <h2 id="teach">{words.title}</h2>
      <p className="teach-intro">{words.intro}</p>
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
      <ol className="teach-steps">
        {words.steps.map((step, i) => (
          <Step key={step.id} step={step} number={i + 1} link={link} />
        ))}
      </ol>
      <p className="provenance">{measuredNote()}</p>
      <Embed link={link} />
    </section>
  );
}

function Step({ step, number, link }: { readonly step: LessonStep; readonly number: number; readonly link: Link }) {
  const words = WORDS.lesson;
  const expected = (words.expected[step.id] ?? []).map((sentence) => sentence(numbers));
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
