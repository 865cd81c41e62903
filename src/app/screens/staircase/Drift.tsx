/** Weights of one layer drifting over their grid: the network changes only where one crosses a boundary. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { WORDS } from '../../words/words.ts';
import { whole } from '../layer/numbers.ts';
import { XTicks, YName, YTicks } from '../../chart/Axes.tsx';
import { crossings, TRAIL_STEPS, windowOf, type Crossing, type Moment, type Trail } from '../../training/trail.ts';

export function Drift({ trail, provenance }: { readonly trail: Trail; readonly provenance: string }) {
  const words = WORDS.staircase.drift;
  const crossed = crossings(trail);
  const { moments, layer } = trail;
  const [first] = moments;
  const shown = first.positions.length;
  const weights = new Set(crossed.map(({ weight }) => weight)).size;
  const columns: readonly Column<Moment>[] = [
    { title: WORDS.staircase.loss.step, value: ({ step }) => step },
    ...Array.from({ length: shown }, (_, weight): Column<Moment> => ({
      title: words.weight(weight + 1),
      value: ({ positions }) => positions[weight],
      text: ({ positions, codes }) => words.place(positions[weight].toFixed(2), String(codes[weight])),
    })),
  ];
  return (
    <ChartFrame
      id="drift"
      title={words.title(layer, shown)}
      finding={moments.length > 1 ? words.finding(weights, shown, crossed.length, moments.length - 1) : words.oneStep}
      provenance={provenance}
      height={24}
      table={{ columns, rows: moments }}
      legend={[
        { className: 'stroke quantized thin', text: words.legend },
        { className: 'stroke float32 dashed', text: words.boundary },
        { className: 'swatch hollow', text: words.crossing },
      ]}
    >
      {(box) => <Ways trail={trail} crossed={crossed} {...box} />}
    </ChartFrame>
  );
}

function Ways({
  trail,
  crossed,
  width,
  height,
  rem,
}: { readonly trail: Trail; readonly crossed: readonly Crossing[] } & Box) {
  const { moments } = trail;
  const [low, high] = windowOf(trail);
  const start = moments[0].step;
  const x = scaleLinear([start, start + Math.max(TRAIL_STEPS - 1, 1)], [3 * rem, width - 0.8 * rem]);
  const y = scaleLinear([low, high], [height - 1.9 * rem, 1.8 * rem]);
  const held = (position: number): number => y(Math.min(high, Math.max(low, position)));
  const codes = Array.from({ length: high - low }, (_, i) => low + 0.5 + i);
  const visible = Array.from(moments[0].positions.keys()).filter(
    (weight) => moments[0].positions[weight] > low - 1 && moments[0].positions[weight] < high + 1,
  );
  return (
    <>
      <YTicks y={y} ticks={codes} x={2.4 * rem} rem={rem} format={whole} />
      <YName rem={rem}>{WORDS.staircase.drift.axis}</YName>
      {codes.slice(1).map((code) => (
        <line
          key={code}
          className="reference"
          x1={x.range()[0]}
          x2={x.range()[1]}
          y1={y(code - 0.5)}
          y2={y(code - 0.5)}
        />
      ))}
      <XTicks x={x} ticks={x.ticks(6)} y={height - 0.5 * rem} />
      {visible.map((weight) => (
        <path
          key={weight}
          className="line quantized thin"
          d={
            line<Moment>(
              ({ step }) => x(step),
              ({ positions }) => held(positions[weight]),
            )([...moments]) ?? ''
          }
        />
      ))}
      {visible.map((weight) => {
        const { step, positions } = moments[moments.length - 1];
        return <circle key={weight} className="quantized" cx={x(step)} cy={held(positions[weight])} r={3} />;
      })}
      {crossed
        .filter(({ weight }) => visible.includes(weight))
        .map(({ weight, step, at }) => (
          <circle key={`${weight} ${step}`} className="hollow quantized" cx={x(step)} cy={held(at)} r={5} />
        ))}
    </>
  );
}
