/** Accuracy and size where the control stands, beside those of 32-bit float: measured, recorded, or a first preview. */
import { isModelAbsent } from './ModelAbsent.tsx';
import { kilobytes, percent } from '../text/format.ts';
import { concealed } from '../state/guess.ts';
import { float32For, summaryOf } from '../state/measurements.ts';
import { summaryProvenance } from '../text/provenance.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { previewOf, previewSettingsOf, settingsOf, wordsOf } from '../state/selectors.ts';
import type { Summary } from '../recorded/records.ts';

export function Readouts({ state }: { readonly state: State }) {
  const words = wordsOf(state).shell.readouts;
  const run = summaryOf(state, settingsOf(state, state.choice));
  const float32 = float32For(state, run);
  const toGuess = concealed(state, state.choice.bits);
  const preview = run || toGuess ? undefined : previewOf(state, previewSettingsOf(state, state.choice));
  const absent = isModelAbsent(state);
  const unknown = toGuess ? words.guessFirst : absent ? words.absent : words.unknown;
  return (
    <dl className="readouts">
      <Readout
        name={preview ? words.previewed : run?.recorded ? words.recorded : words.top1}
        value={run ? percent(run.top1) : preview ? percent(preview.top1) : unknown}
        float32={float32 ? percent(float32.top1) : absent ? words.absent : undefined}
        run={run}
        id="top1"
      />
      <Readout
        name={words.size}
        value={run ? kilobytes(run.sizeBytes) : unknown}
        float32={float32 ? kilobytes(float32.sizeBytes) : absent ? words.absent : undefined}
        run={run}
        id="size"
      />
    </dl>
  );
}

type ReadoutProps = {
  readonly name: string;
  readonly value: string;
  readonly float32: string | undefined;
  readonly run: Summary | undefined;
  readonly id: string;
};

function Readout({ name, value, float32, run, id }: ReadoutProps) {
  return (
    <div className={id} title={run && summaryProvenance(run)}>
      <dt>{name}</dt>
      <dd className="quantized" data-testid={`readout-${id}`}>
        {value}
      </dd>
      <dd className="float32">{WORDS.shell.readouts.float32(float32 ?? WORDS.shell.unknownYet)}</dd>
    </div>
  );
}
