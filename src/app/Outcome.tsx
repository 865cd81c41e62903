/** The headline, the three numbers of one bitwidth beside those of 32-bit float, and the accuracy curve. */
import { AccuracyChart } from './AccuracyChart.tsx';
import { headline } from './finding.ts';
import { bitsName, kilobytes, milliseconds, percent, percentShort, points, times } from './format.ts';
import { nameOf } from './jobs.ts';
import { perImage, raceProvenance, runProvenance } from './provenance.ts';
import { float32Of, raceOf, runOf, settingsOf, shownRun, type State } from './state.ts';
import { wilson95 } from '../lab/wilson.ts';

export function Outcome({ state }: { readonly state: State }) {
  const float32 = runOf(state, float32Of(state));
  const run = shownRun(state);
  const race = run && raceOf(state, run.settings);
  const before = race?.float32Latency ?? raceOf(state, float32Of(state))?.latency;
  const waiting = run && run !== runOf(state, settingsOf(state, state.choice));
  const interval = run && wilson95(run.top1, run.settings.images);
  return (
    <section className="outcome" aria-labelledby="headline">
      <h2 id="headline" aria-live="polite" data-testid="headline">
        {headline(float32, run)}
      </h2>
      {waiting && (
        <p className="notice" data-testid="waiting">
          These are the numbers of {nameOf(run.settings)}. {bitsName(state.choice.bits)} ({state.choice.preset}) will replace them once measured.
        </p>
      )}
      <div className="split">
      <dl className="numbers">
        <Pair
          name="Top-1 accuracy"
          before={float32 && percent(float32.top1)}
          after={run && percent(run.top1)}
          note={float32 && run && interval && `${points(run.top1 - float32.top1)} points. 95% interval: ${percent(interval.low)} to ${percent(interval.high)}`}
          title={run && runProvenance(run.settings, run.device)}
        />
        <Pair
          name="Size"
          before={float32 && kilobytes(float32.sizeBytes)}
          after={run && kilobytes(run.sizeBytes)}
          note={float32 && run && `${percentShort(run.sizeBytes / float32.sizeBytes)}, ${times(float32.sizeBytes / run.sizeBytes)} smaller`}
          title={run && runProvenance(run.settings, run.device)}
        />
        <Pair
          name="Time for an image"
          before={before && milliseconds(perImage(before).median)}
          after={race && milliseconds(perImage(race.latency).median)}
          note={race && `${times(race.float32Latency.medianMs / race.latency.medianMs)} as fast: both in ONNX Runtime Web, taking turns`}
          title={race && raceProvenance(race)}
        />
      </dl>
      <AccuracyChart state={state} />
      </div>
      {float32 && <p className="provenance">{runProvenance((run ?? float32).settings, (run ?? float32).device)}.</p>}
    </section>
  );
}

type PairProps = {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly note: string | undefined;
  readonly title: string | undefined;
};

function Pair({ name, before, after, note, title }: PairProps) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>
        <span className="float32">
          <small>32-bit float</small> {before ?? '…'}
        </span>{' '}
        <span className="arrow" aria-hidden="true">
          →
        </span>{' '}
        <span className="quantized big">{after ?? '…'}</span>
      </dd>
      <dd className="note">{note ?? 'Not measured yet'}</dd>
    </div>
  );
}

