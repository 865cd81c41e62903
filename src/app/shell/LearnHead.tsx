/** The way on for a network that does not know the images' classes: it learns a last layer for them, here and now. */
import { useEffect, useState } from 'react';
import { datasetTitle } from '../../contract/catalogue.ts';
import type { Progress } from '../../contract/progress.ts';
import type { Lab } from '../../lab/rpc/client.ts';
import type { Action } from '../state/reducer.ts';
import { subjectOf } from '../state/selectors.ts';
import type { State } from '../state/state.ts';
import { count } from '../text/format.ts';
import { isCounted, progressInWords } from '../text/progress.ts';
import { WORDS } from '../words/words.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

export function LearnHead({ state, dispatch, lab }: Props) {
  const words = WORDS.modelAbsent.unknown;
  const [learning, setLearning] = useState<AbortController | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => () => learning?.abort(), [learning]);

  async function learn(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    setLearning(controller);
    setFailure('');
    setProgress(null);
    try {
      const args = { ...subjectOf(state), seed: state.link.seed };
      await lab.call('learnHead', args, { signal, onProgress: setProgress });
      // What was measured without labels was of a network without this layer: the lab opens anew.
      dispatch(state.opened ? { kind: 'changed', name: `weights:${args.model}` } : { kind: 'resume' });
    } catch (error) {
      if (!signal.aborted) setFailure(words.failed(error instanceof Error ? error.message : String(error)));
    }
    if (!signal.aborted) setLearning(null);
  }

  const set = datasetTitle(state.link.dataset);
  const counted = progress && isCounted(progress) ? progress : null;
  const said = counted ? words.learning(count(counted.done), count(counted.total)) : words.starting;
  const waited = progress && !counted ? progressInWords(progress) : '';
  return (
    <>
      <p>{words.what}</p>
      {failure && <p role="alert">{failure}</p>}
      <div className="buttons">
        {learning ? (
          <>
            <span role="status">{said}</span> {waited}
            <progress aria-label={said} max={counted?.total ?? 1} {...(counted ? { value: counted.done } : {})} />
            <button
              type="button"
              onClick={() => {
                learning.abort();
                setLearning(null);
              }}
            >
              {words.cancel}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => void learn()}>
            {words.learn(set)}
          </button>
        )}
      </div>
    </>
  );
}
