/** What does each layer cost alone? Guessed first; measured once that is done, or passed by. */
import { useState } from 'react';
import type { LayerInfo } from '../../../contract/calls/inspect.ts';
import { bitsName } from '../../text/format.ts';
import { guessOutcome } from '../../text/layerRanking.ts';
import type { LayerGuess } from '../../state/guess.ts';
import { GuessBox } from '../../results/GuessBox.tsx';
import { WORDS } from '../../words/words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { layerNamed } from '../layer/useLayers.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { candidatesOf, endsOf } from './candidates.ts';
import { Ranking } from './Ranking.tsx';
import type { RunSettings } from '../../../contract/run.ts';
import { hides } from '../../state/selectors.ts';

/** Enough for a divergence that is smooth, in a time that a class waits. */
const SENSITIVITY_IMAGES = 100;

type Props = Omit<ScreenProps, 'trainings'> & {
  readonly settings: RunSettings;
  readonly layers: readonly LayerInfo[];
};

export function LayerCosts({ state, dispatch, lab, settings, layers }: Props) {
  const words = WORDS.layers;
  const [asking, setAsking] = useState(false);
  const answer = useAnswer(
    lab,
    'sensitivity',
    { ...settings, images: Math.min(settings.images, SENSITIVITY_IMAGES) },
    asking,
  );
  const { layerGuess } = state;
  /** What can be guessed, and of it the one that the screen looks at. */
  const candidates = candidatesOf(layers);
  const chosen = layerNamed(candidates, state.link.layer)?.name ?? '';
  const guess = hides(state, 'guess') ? ({ kind: 'passed' } as const) : layerGuess;
  const { result } = answer;

  function decide(decided: LayerGuess): void {
    dispatch({ kind: 'layerGuess', guess: decided });
    setAsking(true);
  }

  return (
    <section className="costs-alone" aria-labelledby="costs-alone">
      <h2 id="costs-alone">{words.alone}</h2>
      <p>{words.aloneTask(bitsName(settings.scheme?.weightBits ?? null))}</p>
      <GuessBox
        kind={guess.kind}
        question={words.guess.question}
        outcome={guess.kind === 'made' ? guessOutcome(guess.layer, result) : ''}
        onGuess={() => decide({ kind: 'made', layer: chosen })}
        onPass={() => decide({ kind: 'passed' })}
      >
        <label>
          {WORDS.guess.label}
          <select
            value={chosen}
            onChange={({ target }) => dispatch({ kind: 'layer', layer: target.value })}
            data-testid="guessed-layer"
          >
            {candidates.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </GuessBox>
      {guess.kind !== 'open' &&
        (result ? (
          <Ranking result={result} guess={guess.kind === 'made' ? guess.layer : null} ends={endsOf(layers)} />
        ) : (
          <>
            {asking && <Waiting answer={answer} what={words.measuring} />}
            <p className="buttons">
              <button type="button" onClick={() => setAsking(!asking)} data-testid="measure-layers">
                {asking ? WORDS.shell.cancel : words.measure}
              </button>
            </p>
          </>
        ))}
    </section>
  );
}
