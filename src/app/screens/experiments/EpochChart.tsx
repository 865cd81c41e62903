/** A training's accuracy over its epochs. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { GridRow } from '../../../contract/grid/grid.ts';
import { YName, YTicks } from '../../chart/Axes.tsx';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import { percent, percentShort } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';

type Point = GridRow['curve'][number];

export function EpochChart({ curve, provenance }: { readonly curve: readonly Point[]; readonly provenance: string }) {
  const words = WORDS.experiments;
  const columns = [
    { title: words.epoch, value: ({ epoch }: Point) => epoch + 1 },
    { title: words.batches, value: ({ steps }: Point) => steps },
    {
      title: words.accuracy,
      value: ({ accuracy }: Point) => accuracy,
      text: ({ accuracy }: Point) => percent(accuracy),
    },
    { title: words.loss, value: ({ loss }: Point) => loss, text: ({ loss }: Point) => loss.toFixed(3) },
  ];
  const finding = words.curveFinding(
    percent(curve[0].accuracy),
    percent(curve[curve.length - 1].accuracy),
    curve.length,
  );
  return (
    <ChartFrame
      id="epochs"
      title={words.curve}
      finding={finding}
      provenance={provenance}
      height={14}
      table={{ columns, rows: curve }}
    >
      {({ width, height, rem }) => {
        const [left, right, top, bottom] = [3.2 * rem, width - 2.4 * rem, 2.8 * rem, height - 2 * rem];
        const x = scaleLinear()
          .domain([1, Math.max(2, curve.length)])
          .range([left + 2.4 * rem, right]);
        const y = scaleLinear().domain([0, 1]).range([bottom, top]);
        const path =
          line<Point>()
            .x(({ epoch }) => x(epoch + 1))
            .y(({ accuracy }) => y(accuracy))(curve) ?? '';
        return (
          <>
            <YTicks
              y={y}
              ticks={y.ticks(5)}
              x={left - 0.4 * rem}
              rem={rem}
              format={percentShort}
              grid={[left, right]}
            />
            <YName rem={rem}>{WORDS.bill.accuracyAxis}</YName>
            <path className="quantized line" d={path} />
            {curve.map(({ epoch, accuracy }) => (
              <g key={epoch}>
                <circle className="quantized" cx={x(epoch + 1)} cy={y(accuracy)} r={0.35 * rem} />
                <text className="value" x={x(epoch + 1)} y={y(accuracy) - 0.7 * rem}>
                  {percent(accuracy)}
                </text>
                <text className="tick" x={x(epoch + 1)} y={bottom + 1.4 * rem}>
                  {epoch + 1}
                </text>
              </g>
            ))}
          </>
        );
      }}
    </ChartFrame>
  );
}
