/** Size and time over the bitwidths. */
import { sizeFinding, timeFinding } from '../text/costs.ts';
import { BitChart, othersKeys } from '../chart/BitChart.tsx';
import { kilobytes, milliseconds } from '../text/format.ts';
import { WIDTHS } from '../state/choice.ts';
import { concealed } from '../state/guess.ts';
import { highest, inWords, sizeMarks, timeMarks } from '../text/marks.ts';
import { float32Row, shownSummary } from '../state/measurements.ts';
import { pairInWords, perImage, summaryProvenance, timeProvenance } from '../text/provenance.ts';
import { chosenVariant, otherVariants } from '../text/variants.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { onnxPair, pairOf } from '../state/times.ts';
import { scoreOf } from '../state/selectors.ts';

export function Costs({ state }: { readonly state: State }) {
  const { bits } = state.choice;
  const { name: preset, rows: chosen } = chosenVariant(state);
  const others = otherVariants(state).map(({ rows, ...variant }) => ({ ...variant, marks: sizeMarks(rows) }));
  const words = WORDS.bill;
  // A number that waits for a guess is no number that is missing.
  const unknown = concealed(state, bits) ? words.guessAwaited : words.notMeasured;
  const float32 = float32Row(state);
  const rows = [float32, ...chosen];
  const size = sizeMarks(rows);
  const time = timeMarks(rows);
  const run = shownSummary(state);
  const hidden = { bits: WIDTHS.filter((width) => concealed(state, width)), why: words.guess.first };
  const score = run && scoreOf(state, run.settings);
  const pair = run && pairOf(state, run.settings);
  const weightBits = run?.settings.scheme?.weightBits ?? null;
  return (
    <section className="costs" aria-labelledby="costs">
      <h2 id="costs">{words.costs}</h2>
      <div className="charts">
        <BitChart
          id="size"
          title={words.sizeTitle}
          finding={run && float32.run ? sizeFinding(weightBits, run.sizeBytes, float32.run.sizeBytes) : unknown}
          summary={inWords(words.sizeOf(preset), size, kilobytes)}
          provenance={run ? summaryProvenance(run) : unknown}
          shape="bars"
          series={{ name: preset, marks: size }}
          others={others}
          max={highest([...size, ...others.flatMap(({ marks }) => marks)])}
          legend={[{ colour: 'quantized', className: 'swatch', text: preset }, ...othersKeys(others)]}
          format={(bytes) => kilobytes(bytes).replace(' kB', '')}
          selected={bits}
          axis={words.sizeAxisUnit}
          hidden={hidden}
          height={12}
        />
        <BitChart
          id="time"
          title={words.timeTitle}
          finding={
            pair ? timeFinding(weightBits, perImage(pair.latency).median, perImage(pair.float32).median) : unknown
          }
          summary={inWords(words.timeOf(preset), time, milliseconds)}
          provenance={
            pair
              ? [timeProvenance(pair), ...(score?.race ? [words.beside(pairInWords(onnxPair(score)))] : [])].join('. ')
              : unknown
          }
          shape="bars"
          series={{ name: preset, marks: time }}
          max={highest(time)}
          format={(ms) => milliseconds(ms).replace(' ms', '')}
          selected={bits}
          axis={words.timeAxis}
          hidden={hidden}
          height={12}
        />
      </div>
    </section>
  );
}
