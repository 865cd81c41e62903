/** The lesson at the foot of the page: the step, its task or question, the time that is left, and the way on. */
import { useEffect, useState } from 'react';
import { linkOf } from '../state/selectors.ts';
import type { State } from '../state/state.ts';
import { lessonNamed } from '../words/lessons/lessons.ts';
import { WORDS } from '../words/words.ts';
import { Marked } from './Marked.tsx';
import { stepLink } from './stepLink.ts';
import './player.css';

export function Player({ state }: { readonly state: State }) {
  const { plan, lesson } = state.link;
  if (lesson === 0) return null;
  return <Step key={`${plan} ${lesson}`} state={state} number={lesson} />;
}

function Step({ state, number }: { readonly state: State; readonly number: number }) {
  const words = WORDS.lesson;
  const [at, setAt] = useState(0);
  const { steps } = lessonNamed(state.link.plan);
  const { title, minutes, points } = steps[number - 1];
  const link = linkOf(state);
  const next = number < steps.length ? steps[number] : undefined;
  return (
    <aside className="player" aria-label={words.player.title} data-testid="player">
      <p className="where">
        <strong>{words.player.step(number, steps.length, title)}</strong>{' '}
        {minutes > 0 && <Timer seconds={60 * minutes} />}
      </p>
      <p className="point" data-testid="point">
        <span className="soft">{words.player.point(at + 1, points.length)}</span> <Marked>{points[at]}</Marked>
      </p>
      <p className="buttons">
        {at > 0 && (
          <button type="button" className="small" onClick={() => setAt(at - 1)}>
            {words.player.lastPoint}
          </button>
        )}
        {at + 1 < points.length && (
          <button type="button" className="small" onClick={() => setAt(at + 1)}>
            {words.player.nextPoint}
          </button>
        )}
        {number > 1 && (
          <a className="button small" href={stepLink(link, number - 1)}>
            {words.player.back}
          </a>
        )}
        {next && (
          <a className="button small" href={stepLink(link, number + 1)} title={next.title}>
            {words.player.next}
          </a>
        )}
        <a className="button small" href={stepLink(link, 0)}>
          {words.player.end}
        </a>
      </p>
    </aside>
  );
}

/** Counts down from the opening of the step, and on beyond its end. */
function Timer({ seconds }: { readonly seconds: number }) {
  const [begun] = useState(() => performance.now());
  const [now, setNow] = useState(begun);
  useEffect(() => {
    const ticking = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(ticking);
  }, []);
  const left = seconds - Math.floor((now - begun) / 1000);
  const words = WORDS.lesson.player;
  const time = `${Math.floor(Math.abs(left) / 60)}:${String(Math.abs(left) % 60).padStart(2, '0')}`;
  return (
    <span role="timer" aria-label={words.timer} className={left < 0 ? 'over' : undefined}>
      {left < 0 ? words.over(time) : words.left(time)}
    </span>
  );
}
