/** The headline, the three numbers of one bitwidth beside those of 32-bit float, and the accuracy curve. */
import type { ReactNode } from 'react';
import { AccuracyGuess } from './AccuracyGuess.tsx';
import { AccuracyChart } from './AccuracyChart.tsx';
import { headline } from '../text/finding.ts';
import { isModelAbsent } from '../shell/ModelAbsent.tsx';
import { count, kilobytes, milliseconds, percent, percentShort, points, times } from '../text/format.ts';
import { concealed } from '../state/guess.ts';
import { float32For, shownSummary } from '../state/measurements.ts';
import { pairInWords, perImage, recordedHow, summaryProvenance, timeProvenance } from '../text/provenance.ts';
import type { State } from '../state/state.ts';
import { ENGINE_TITLES } from '../../contract/engines.ts';
import { onnxPair, pairOf } from '../state/times.ts';
import { wilson95 } from '../../contract/wilson.ts';
import { WORDS } from '../words/words.ts';
import { nameOf } from '../text/names.ts';
import type { Action } from '../state/reducer.ts';
import { float32Of, previewOf, previewSettingsOf, scoreOf, runOf, settingsOf, wordsOf } from '../state/selectors.ts';
import type { Summary } from '../recorded/records.ts';

type Props = {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  /** Above the numbers, beside the chart. */
  readonly children?: ReactNode;
};

export function Outcome({ state, dispatch, children }: Props) {
  const words = wordsOf(state).bill;
  const run = shownSummary(state);
  const float32 = float32For(state, run);
  const score = run && scoreOf(state, run.settings);
  const pair = run && pairOf(state, run.settings);
  const before = pair?.float32 ?? pairOf(state, float32Of(state))?.latency;
  const unknown = concealed(state, state.choice.bits) ? words.guessAwaited : words.notMeasured;
  const interval = run && wilson95(run.top1, run.settings.images);
  return (
    <section className="outcome" aria-labelledby="headline">
      <h2 id="headline" data-testid="headline">
        {headline(float32, run)}
      </h2>
      <Status state={state} run={run} />
      <div className="split">
        <div className="numbers">
          {children}
          <AccuracyGuess state={state} dispatch={dispatch} />
          <dl className="numbers">
            <Pair
              unknown={unknown}
              name={words.accuracy}
              before={float32 && percent(float32.top1)}
              after={run && percent(run.top1)}
              note={
                float32 &&
                run &&
                interval &&
                (state.opened?.against
                  ? WORDS.agreement.note(
                      percent(interval.low),
                      percent(interval.high),
                      divergenceOf(runOf(state, run.settings)?.kl),
                    )
                  : words.accuracyNote(points(run.top1 - float32.top1), percent(interval.low), percent(interval.high)))
              }
              title={run && summaryProvenance(run)}
            />
            <Pair
              unknown={unknown}
              name={words.size}
              before={float32 && kilobytes(float32.sizeBytes)}
              after={run && kilobytes(run.sizeBytes)}
              note={
                float32 &&
                run &&
                words.sizeNote(
                  percentShort(run.sizeBytes / float32.sizeBytes),
                  times(float32.sizeBytes / run.sizeBytes),
                )
              }
              title={run && summaryProvenance(run)}
            />
            <Pair
              id="pair-time"
              unknown={unknown}
              name={words.time}
              before={before && milliseconds(perImage(before).median)}
              after={pair && milliseconds(perImage(pair.latency).median)}
              note={
                pair &&
                words.timeNote(
                  times(pair.float32.medianMs / pair.latency.medianMs),
                  ENGINE_TITLES[pair.engine],
                  score?.race && pairInWords(onnxPair(score)),
                )
              }
              title={pair && timeProvenance(pair)}
            />
          </dl>
        </div>
        <AccuracyChart state={state} />
      </div>
    </section>
  );
}

const divergenceOf = (kl: number | undefined): string | null => (kl === undefined ? null : Math.max(0, kl).toFixed(3));

/** What stands behind the numbers while the control's own are on their way: a preview, a recording, an earlier run. */
function Status({ state, run }: { readonly state: State; readonly run: Summary | undefined }) {
  const words = wordsOf(state).bill;
  const own = settingsOf(state, state.choice);
  const hidden = concealed(state, state.choice.bits);
  // A network that is not here says itself what was recorded.
  if ((runOf(state, own) && !hidden) || isModelAbsent(state)) return null;
  const preview = hidden ? undefined : previewOf(state, previewSettingsOf(state, state.choice));
  return (
    <div className="notice" data-testid="waiting">
      {preview && (
        <p data-testid="preview" data-value={preview.top1} data-seconds={preview.seconds}>
          {words.preview(nameOf(preview.settings), percent(preview.top1), count(preview.settings.images))}
        </p>
      )}
      {run?.recorded && <p>{words.recordedNote(run.recorded, recordedHow(run))}</p>}
      {run && !run.recorded && !hidden && <p>{words.stale(nameOf(run.settings), nameOf(own))}</p>}
    </div>
  );
}

type PairProps = {
  readonly id?: string;
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly note: string | undefined;
  /** What is said in the note's place. */
  readonly unknown: string;
  readonly title: string | undefined;
};

function Pair({ id, name, before, after, note, unknown, title }: PairProps) {
  return (
    <div title={title} data-testid={id}>
      <dt>{name}</dt>
      <dd>
        <span className="float32">
          <small>{WORDS.bill.float32}</small> {before ?? '…'}
        </span>{' '}
        <span className="arrow" aria-hidden="true">
          →
        </span>{' '}
        <span className="quantized big">{after ?? '…'}</span>
      </dd>
      <dd className="note">{note ?? unknown}</dd>
    </div>
  );
}
