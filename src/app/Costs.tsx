/** Size and time over the bitwidths. */
import { BitChart } from './BitChart.tsx';
import { kilobytes, milliseconds } from './format.ts';
import { highest, inWords, sizeMarks, timeMarks } from './marks.ts';
import { float32Row, presetRows } from './measurements.ts';
import type { State } from './state.ts';

export function Costs({ state }: { readonly state: State }) {
  const { preset, bits } = state.choice;
  const rows = [float32Row(state), ...presetRows(state, preset)];
  const size = sizeMarks(rows);
  const time = timeMarks(rows);
  return (
    <section className="costs" aria-labelledby="costs">
      <h2 id="costs">What each bitwidth costs</h2>
      <div className="charts">
        <BitChart
          title="Size, kB"
          summary={inWords(`Size, ${preset} preset`, size, kilobytes)}
          shape="bars"
          marks={size}
          max={highest(size)}
          format={(bytes) => kilobytes(bytes).replace(' kB', '')}
          selected={bits}
          height={220}
        />
        <BitChart
          title="Time for an image, ms, 5th to 95th percentile"
          summary={inWords(`Milliseconds for an image, ${preset} preset`, time, milliseconds)}
          shape="bars"
          marks={time}
          max={highest(time)}
          format={(ms) => milliseconds(ms).replace(' ms', '')}
          selected={bits}
          height={220}
        />
      </div>
    </section>
  );
}
