/** Accuracy over the bitwidths, under the sentence that says what it shows. */
import { BitChart, othersKeys } from '../chart/BitChart.tsx';
import { finding } from '../text/finding.ts';
import { percent, percentShort } from '../text/format.ts';
import { accuracyMarks, inWords } from '../text/marks.ts';
import { float32For, float32Row, shownSummary } from '../state/measurements.ts';
import { summaryProvenance } from '../text/provenance.ts';
import { chosenVariant, otherVariants } from '../text/variants.ts';
import { WIDTHS } from '../state/choice.ts';
import { concealed, GUESSED_BITS } from '../state/guess.ts';
import type { State } from '../state/state.ts';
import { wordsOf } from '../state/selectors.ts';

export function AccuracyChart({ state }: { readonly state: State }) {
  const { choice, opened, guess } = state;
  const words = wordsOf(state).bill;
  const float32 = float32Row(state);
  const { name, rows: quantized } = chosenVariant(state);
  const marks = accuracyMarks([float32, ...quantized]);
  const others = otherVariants(state).map(({ rows, ...variant }) => ({ ...variant, marks: accuracyMarks(rows) }));
  const chance = opened ? 1 / opened.dataset.classes.length : 0;
  const run = shownSummary(state) ?? float32.run;
  // Like with like: what was recorded is on other images than what is measured here.
  const known = quantized.flatMap((row) => row.run ?? []);
  const alike = known.some(({ recorded }) => !recorded) ? known.filter(({ recorded }) => !recorded) : known;
  // Until the chosen one has a number, the sentence speaks of the run that the headline speaks of.
  const stale = shownSummary(state);
  const compared = alike.length > 0 || !stale ? alike : [stale];
  return (
    <BitChart
      id="accuracy"
      file={words.accuracyFile}
      title={words.accuracyTitle}
      finding={finding(float32For(state, compared.at(0)), compared, chance)}
      summary={inWords(words.accuracyOf(name), marks, percent)}
      provenance={run ? summaryProvenance(run) : words.notMeasured}
      shape="dots"
      series={{ name, marks }}
      others={others}
      expected={
        guess.kind === 'made' && choice.preset === 'modern'
          ? { bits: GUESSED_BITS, value: guess.share, label: words.guess.mark }
          : undefined
      }
      max={1}
      format={percentShort}
      selected={choice.bits}
      axis={words.accuracyAxis}
      hidden={{ bits: WIDTHS.filter((bits) => concealed(state, bits)), why: words.guess.first }}
      height={16}
      legend={[
        { colour: 'float32', className: 'swatch', text: words.float32 },
        { colour: 'quantized', className: 'swatch quantized', text: name },
        ...(marks.some(({ recorded }) => recorded)
          ? [{ colour: 'quantized', className: 'swatch hollow recorded', text: words.recorded } as const]
          : []),
        ...othersKeys(others),
      ]}
    />
  );
}
