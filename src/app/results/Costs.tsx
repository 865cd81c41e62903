/** Size and time over the bitwidths. */
import { BitChart } from '../chart/BitChart.tsx';
import { bitsName, kilobytes, milliseconds, times } from '../text/format.ts';
import { highest, inWords, sizeMarks, timeMarks } from '../text/marks.ts';
import { float32Row, presetRows, shownSummary } from '../state/measurements.ts';
import { perImage, raceProvenance, summaryProvenance } from '../text/provenance.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { raceOf } from '../state/selectors.ts';

export function Costs({ state }: { readonly state: State }) {
  const { preset, bits } = state.choice;
  const words = WORDS.bill;
  const float32 = float32Row(state);
  const rows = [float32, ...presetRows(state, preset)];
  const size = sizeMarks(rows);
  const time = timeMarks(rows);
  const run = shownSummary(state);
  const race = run && raceOf(state, run.settings);
  const name = bitsName(run?.settings.scheme?.weightBits ?? null);
  return (
    <section className="costs" aria-labelledby="costs">
      <h2 id="costs">{words.costs}</h2>
      <div className="charts">
        <BitChart
          id="size"
          title={words.sizeTitle}
          finding={
            run && float32.run
              ? words.sizeFinding(name, kilobytes(run.sizeBytes), times(float32.run.sizeBytes / run.sizeBytes))
              : words.notMeasured
          }
          summary={inWords(words.sizeOf(preset), size, kilobytes)}
          provenance={run ? summaryProvenance(run) : words.notMeasured}
          shape="bars"
          series={{ name: preset, marks: size }}
          max={highest(size)}
          format={(bytes) => kilobytes(bytes).replace(' kB', '')}
          selected={bits}
          height={12}
        />
        <BitChart
          id="time"
          title={words.timeTitle}
          finding={
            race
              ? words.timeFinding(
                  name,
                  milliseconds(perImage(race.latency).median),
                  times(race.float32Latency.medianMs / race.latency.medianMs),
                )
              : words.notMeasured
          }
          summary={inWords(words.timeOf(preset), time, milliseconds)}
          provenance={race ? raceProvenance(race) : words.notMeasured}
          shape="bars"
          series={{ name: preset, marks: time }}
          max={highest(time)}
          format={(ms) => milliseconds(ms).replace(' ms', '')}
          selected={bits}
          height={12}
        />
      </div>
    </section>
  );
}
