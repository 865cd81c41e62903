/** The quantized file that was brought: measured on what is chosen above, beside what is quantized here. */
import { useState } from 'react';
import type { Progress } from '../../../contract/progress.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { count, kilobytes, milliseconds, percent, points } from '../../text/format.ts';
import { progressInWords } from '../../text/progress.ts';
import { perImage } from '../../text/provenance.ts';
import type { State } from '../../state/state.ts';
import { WORDS } from '../../words/words.ts';
import { useDatasets } from '../useDatasets.ts';
import { nameOf } from '../../text/names.ts';
import type { Action } from '../../state/reducer.ts';
import { onnxPair, pairOf } from '../../state/times.ts';
import { workloadOf, float32Of, scoreOf, runOf, wordsOf } from '../../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

const words = WORDS.data.file;

export function QuantizedFile({ state, dispatch, lab }: Props) {
  const { list } = useDatasets().state;
  const [said, setSaid] = useState('');
  const [opening, setOpening] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const here = list?.weights.some(({ model, state: kept }) => model === 'quantized' && kept === 'ready');
  if (!here) return null;

  async function measure(): Promise<void> {
    setOpening(true);
    try {
      const { settings, bytes } = await lab.call('quantizedFile', workloadOf(state), { onProgress: setProgress });
      dispatch({ kind: 'file', settings });
      setSaid(words.holds(nameOf(settings), kilobytes(bytes)));
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    } finally {
      setOpening(false);
      setProgress(null);
    }
  }

  return (
    <section className="quantized-file" aria-labelledby="quantized-file">
      <h2 id="quantized-file">{words.title}</h2>
      <button
        type="button"
        disabled={opening || !state.opened}
        onClick={() => void measure()}
        data-testid="measure-file"
      >
        {opening ? words.opening : words.measure}
      </button>{' '}
      {progress && progressInWords(progress)}
      <p role="status" data-testid="file-said">
        {said}
      </p>
      <Result state={state} />
    </section>
  );
}

function Result({ state }: Pick<Props, 'state'>) {
  const { wantedFile } = state;
  if (!wantedFile) return null;
  const [run, float32, score] = [runOf(state, wantedFile), runOf(state, float32Of(state)), scoreOf(state, wantedFile)];
  if (!run || !float32) return <p className="soft">{state.failure ? state.failure.message : words.pending}</p>;
  return (
    <p className="quantized">
      <data value={run.top1} data-testid="file-top1">
        {wordsOf(state).data.file.result(
          percent(run.top1),
          count(run.settings.images),
          points(run.top1 - float32.top1),
        )}
      </data>{' '}
      {score && (
        <data value={score.top1} data-testid="file-runtime-top1">
          {words.time(milliseconds(perImage((pairOf(state, wantedFile) ?? onnxPair(score)).latency).median))}
        </data>
      )}
    </p>
  );
}
