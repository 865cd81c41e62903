/** The forward staircase, its zero slope, and the straight-through line, worked by one weight that can be moved. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { useState } from 'react';
import type { Bits } from '../../../quant/types.ts';
import { XTicks, YName, YTicks } from '../../chart/Axes.tsx';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { bitsName } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { boundaries, gridOf, REACH, rounded, stairRows, straightThrough, type Grid, type StairRow } from './stairs.ts';

const three = (value: number): string => value.toFixed(3).replace('-', '−');

type Drawing = { readonly grid: Grid; readonly w: number };

export function Lesson({ bits }: { readonly bits: Bits }) {
  const [w, setW] = useState(0.42);
  const words = WORDS.staircase;
  const grid = gridOf(bits);
  const columns: readonly Column<StairRow>[] = [
    { title: words.stairs.before, value: (row) => row.w, text: (row) => three(row.w) },
    { title: words.stairs.after, value: (row) => row.after, text: (row) => three(row.after) },
    { title: words.slopes.true, value: () => 0 },
    { title: words.slopes.through, value: (row) => row.slope },
  ];
  const table = { columns, rows: stairRows(grid) };
  return (
    <section className="lesson" aria-label={words.lesson}>
      <label className="worked">
        {words.weight} <output>w = {three(w)}</output>
        <input
          type="range"
          min={-REACH}
          max={REACH}
          step={0.005}
          value={w}
          aria-valuetext={three(w)}
          onChange={({ target }) => setW(target.valueAsNumber)}
          data-testid="weight"
        />
      </label>
      <div className="charts">
        <ChartFrame
          id="stairs"
          title={words.stairs.title(bitsName(bits))}
          finding={words.stairs.finding(three(w), three(rounded(w, grid)), grid.qmax - grid.qmin + 1)}
          provenance={words.stairs.calculated}
          height={17}
          table={table}
          legend={[
            { className: 'stroke quantized', text: words.stairs.rounded },
            { className: 'stroke float32 dashed', text: words.stairs.ramp },
          ]}
        >
          {(box) => <Stairs grid={grid} w={w} {...box} />}
        </ChartFrame>
        <ChartFrame
          id="slopes"
          title={words.slopes.title}
          finding={words.slopes.finding(straightThrough(w, grid) === 1)}
          provenance={words.stairs.calculated}
          height={17}
          table={table}
          legend={[
            { className: 'stroke error', text: words.slopes.true },
            { className: 'stroke float32 dashed', text: words.slopes.through },
          ]}
        >
          {(box) => <Slopes grid={grid} w={w} {...box} />}
        </ChartFrame>
      </div>
    </section>
  );
}

/** The left margin holds the labels of the vertical axis. */
const xOf = ({ width, rem }: Box) => scaleLinear([-REACH, REACH], [2.6 * rem, width - 0.6 * rem]);

function Stairs({ grid, w, ...box }: Drawing & Box) {
  const { width, height, rem } = box;
  const x = xOf(box);
  const y = scaleLinear([-REACH, REACH], [height - 1.9 * rem, 1.8 * rem]);
  const edges = [-REACH, ...boundaries(grid), REACH];
  // Each stair from edge to edge, at the height of its middle.
  const corners = edges.slice(1).flatMap((to, i): [number, number][] => {
    const level = rounded((edges[i] + to) / 2, grid);
    return [
      [edges[i], level],
      [to, level],
    ];
  });
  const stairs =
    line<[number, number]>(
      ([at]) => x(at),
      ([, level]) => y(level),
    )(corners) ?? '';
  return (
    <>
      <Axis {...box} at={y(0)} ticks={x.ticks(5)} x={x} />
      <line className="axis" x1={x(0)} x2={x(0)} y1={y(-REACH)} y2={y(REACH)} />
      <YTicks y={y} ticks={y.ticks(4)} x={2.3 * rem} rem={rem} />
      <YName rem={rem}>{WORDS.staircase.stairs.axis}</YName>
      <line className="line float32 ramp" x1={x(-REACH)} y1={y(-REACH)} x2={x(REACH)} y2={y(REACH)} />
      <path className="line quantized" d={stairs} />
      <line className="guide" x1={x(w)} x2={x(w)} y1={y(0)} y2={y(rounded(w, grid))} />
      <rect className="float32" x={x(w) - 6} y={y(0) - 6} width={12} height={12} />
      <circle className="quantized" cx={x(w)} cy={y(rounded(w, grid))} r={7} />
      <text
        className="value"
        x={Math.min(Math.max(x(w), 4 * rem), width - 3 * rem)}
        y={y(rounded(w, grid)) - 0.8 * rem}
      >
        {three(rounded(w, grid))}
      </text>
    </>
  );
}

function Slopes({ grid, w, ...box }: Drawing & Box) {
  const { height, rem } = box;
  const x = xOf(box);
  const y = scaleLinear([0, 1.25], [height - 1.9 * rem, 1.8 * rem]);
  const [low, high] = [grid.qmin * grid.scale, grid.qmax * grid.scale];
  const through: [number, number][] = [
    [-REACH, 0],
    [low, 0],
    [low, 1],
    [high, 1],
    [high, 0],
    [REACH, 0],
  ];
  return (
    <>
      <Axis {...box} at={y(0)} ticks={x.ticks(5)} x={x} />
      <YTicks y={y} ticks={[0, 1]} x={2.3 * rem} rem={rem} />
      <YName rem={rem}>{WORDS.staircase.slopes.slope}</YName>
      <path
        className="line float32 ramp"
        d={
          line<[number, number]>(
            ([at]) => x(at),
            ([, slope]) => y(slope),
          )(through) ?? ''
        }
      />
      <line className="line error" x1={x(-REACH)} x2={x(REACH)} y1={y(0)} y2={y(0)} />
      <line className="guide" x1={x(w)} x2={x(w)} y1={y(0)} y2={y(straightThrough(w, grid))} />
      <circle className="error" cx={x(w)} cy={y(0)} r={7} />
      <rect className="float32" x={x(w) - 6} y={y(straightThrough(w, grid)) - 6} width={12} height={12} />
      <text className="label start" x={x(low) + 0.5 * rem} y={y(1) - 0.5 * rem}>
        {WORDS.staircase.slopes.through}: 1
      </text>
      <text className="label start" x={x(low) + 0.5 * rem} y={y(0) - 0.6 * rem}>
        {WORDS.staircase.slopes.true}: 0
      </text>
    </>
  );
}

function Axis({
  at,
  ticks,
  x,
  height,
  rem,
}: Box & { readonly at: number; readonly ticks: readonly number[]; readonly x: (value: number) => number }) {
  return (
    <>
      <line className="axis" x1={x(-REACH)} x2={x(REACH)} y1={at} y2={at} />
      <XTicks x={x} ticks={ticks} y={height - 0.5 * rem} />
    </>
  );
}
