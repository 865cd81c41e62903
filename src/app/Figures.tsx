/** Accuracy, size and time over the bitwidths, under the sentence that says what they show. */
import { BitChart, type Mark } from './BitChart.tsx';
import { finding } from './finding.ts';
import { kilobytes, milliseconds, percent, percentShort } from './format.ts';
import { float32Row, otherPreset, presetRows, type Row } from './measurements.ts';
import { perImage } from './provenance.ts';
import type { State } from './state.ts';
import { wilson95 } from './wilson.ts';

const accuracyMarks = (rows: readonly Row[]): readonly Mark[] =>
  rows.flatMap(({ bits, run }) => (run ? [{ bits, value: run.top1, ...wilson95(run.top1, run.settings.images) }] : []));

const sizeMarks = (rows: readonly Row[]): readonly Mark[] => rows.flatMap(({ bits, run }) => (run ? [{ bits, value: run.sizeBytes }] : []));

const timeMarks = (rows: readonly Row[]): readonly Mark[] =>
  rows.flatMap(({ bits, race }) => {
    if (!race) return [];
    const { median, low, high } = perImage(race);
    return [{ bits, value: median, low, high }];
  });

function inWords(what: string, marks: readonly Mark[], format: (value: number) => string): string {
  if (marks.length === 0) return `${what}: nothing measured yet.`;
  return `${what}. ${marks.map(({ bits, value }) => `${bits === null ? '32-bit float' : `${bits} bits`}: ${format(value)}`).join('; ')}.`;
}

const highest = (marks: readonly Mark[]): number => Math.max(1e-9, ...marks.map(({ value, high }) => high ?? value));

export function Figures({ state }: { readonly state: State }) {
  const { choice, opened } = state;
  const rows = [float32Row(state), ...presetRows(state, choice.preset)];
  const [float32, ...quantized] = rows;
  const other = otherPreset(state);
  const accuracy = accuracyMarks(rows);
  const others = accuracyMarks(presetRows(state, other));
  const size = sizeMarks(rows);
  const time = timeMarks(rows);
  const chance = opened ? 1 / opened.dataset.classes.length : 0;
  return (
    <section className="figures" aria-labelledby="finding">
      <h2 id="finding" aria-live="polite" data-testid="finding">
        {finding(float32.run, quantized.flatMap(({ run }) => run ?? []), chance)}
      </h2>
      <div className="charts">
        <BitChart
          title="Top-1 accuracy, 95% interval"
          summary={inWords(`Top-1 accuracy, ${choice.preset} preset`, accuracy, percent)}
          shape="dots"
          marks={accuracy}
          others={others}
          max={1}
          format={percentShort}
          selected={choice.bits}
          height={360}
        />
        <div className="stack">
          <BitChart
            title="Size, kB"
            summary={inWords('Size', size, kilobytes)}
            shape="bars"
            marks={size}
            max={highest(size)}
            format={(bytes) => kilobytes(bytes).replace(' kB', '')}
            selected={choice.bits}
            height={150}
          />
          <BitChart
            title="Time for an image, ms, 5th to 95th percentile"
            summary={inWords('Milliseconds for an image', time, milliseconds)}
            shape="bars"
            marks={time}
            max={highest(time)}
            format={(ms) => milliseconds(ms).replace(' ms', '')}
            selected={choice.bits}
            height={150}
          />
        </div>
      </div>
      <p className="key">
        <span className="swatch float32" aria-hidden="true" /> 32-bit float <span className="swatch quantized" aria-hidden="true" /> quantized, {choice.preset}
        {others.length > 0 && (
          <>
            {' '}
            <span className="swatch hollow" aria-hidden="true" /> quantized, {other}
          </>
        )}
      </p>
    </section>
  );
}
