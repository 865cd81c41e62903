/** The guided path from 2021's cliff to where few bits hold: each step is chosen by a button and measured here. */
import { kilobytes, percent, points } from '../../text/format.ts';
import { formatLink } from '../../state/link.ts';
import { summaryOf } from '../../state/measurements.ts';
import type { State } from '../../state/state.ts';
import { SCREENS } from '../../names/screenNames.ts';
import { storyChoice } from '../../state/story.ts';
import { WORDS } from '../../words/words.ts';
import { same } from '../../state/choice.ts';
import type { Action } from '../../state/reducer.ts';
import { hides, linkOf, settingsOf, wordsOf } from '../../state/selectors.ts';
import { STORY_STEPS, type StoryStep } from '../../names/storySteps.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

/** The screen that trains. */
const TRAINING = SCREENS.find((name: string) => name === 'staircase');

/** Where the steps differ most: above 4 bits all is well. */
const HIGHEST = 4;

export function Story({ state, dispatch }: Props) {
  const words = wordsOf(state).story;
  if (hides(state, 'story')) return null;
  const bits = state.choice.bits <= HIGHEST ? state.choice.bits : HIGHEST;
  const choiceOf = (step: StoryStep) => storyChoice(step, bits);
  const reached = STORY_STEPS.map((step) => summaryOf(state, settingsOf(state, choiceOf(step))));

  function go(step: StoryStep): void {
    if (state.guess.kind === 'open') dispatch({ kind: 'guess', guess: { kind: 'passed' } });
    dispatch({ kind: 'choose', choice: choiceOf(step) });
    dispatch({ kind: 'rest' });
  }

  return (
    <section className="story" aria-labelledby="story">
      <h2 id="story">{words.title(bits)}</h2>
      <p>{words.intro}</p>
      <ol>
        {STORY_STEPS.map((step, index) => {
          const run = reached[index];
          const before = reached[index - 1];
          const here = same(state.choice, choiceOf(step));
          return (
            <li key={step} aria-current={here ? 'step' : undefined} data-testid={`story-${step}`}>
              <button type="button" onClick={() => go(step)}>
                {words.steps[step].title}
              </button>
              <span>
                {words.steps[step].why}{' '}
                <strong className="quantized" data-value={run?.top1}>
                  {run ? percent(run.top1) : words.unknown}
                </strong>
                {run && `, ${kilobytes(run.sizeBytes)}`}
                {run && before && ` (${words.change(points(run.top1 - before.top1))})`}
                {run?.recorded && <small> {WORDS.bill.columns.recorded}</small>}
              </span>
            </li>
          );
        })}
        {TRAINING && (
          <li data-testid="story-training">
            <a className="button" href={formatLink({ ...linkOf(state), ...choiceOf('ends'), screen: TRAINING })}>
              {words.training.title}
            </a>
            <span>{words.training.why}</span>
          </li>
        )}
      </ol>
    </section>
  );
}
