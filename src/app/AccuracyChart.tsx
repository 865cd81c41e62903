/** Accuracy over the bitwidths, under the sentence that says what it shows. */
import { BitChart } from './BitChart.tsx';
import { finding } from './finding.ts';
import { percent, percentShort } from './format.ts';
import { accuracyMarks, inWords } from './marks.ts';
import { float32Row, otherPreset, presetRows } from './measurements.ts';
import type { State } from './state.ts';

export function AccuracyChart({ state }: { readonly state: State }) {
  const { choice, opened } = state;
  const float32 = float32Row(state);
  const quantized = presetRows(state, choice.preset);
  const marks = accuracyMarks([float32, ...quantized]);
  const other = otherPreset(state);
  const others = accuracyMarks(presetRows(state, other));
  const chance = opened ? 1 / opened.dataset.classes.length : 0;
  return (
    <div className="accuracy">
      <p className="finding" data-testid="finding">
        {finding(
          float32.run,
          quantized.flatMap(({ run }) => run ?? []),
          chance,
        )}
      </p>
      <BitChart
        title="Top-1 accuracy with 95% interval, by bits"
        summary={inWords(`Top-1 accuracy, ${choice.preset} preset`, marks, percent)}
        shape="dots"
        marks={marks}
        others={others}
        max={1}
        format={percentShort}
        selected={choice.bits}
        height={290}
      />
      <p className="key">
        <span className="swatch float32" aria-hidden="true" /> 32-bit float
        <span className="swatch quantized" aria-hidden="true" /> {choice.preset}
        {others.length > 0 && (
          <>
            <span className="swatch hollow" aria-hidden="true" /> {other}
          </>
        )}
      </p>
    </div>
  );
}
