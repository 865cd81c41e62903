/** The numbers along the axes of a chart, and the lines that lead from them across it. */

type Scale = (value: number) => number;

type YTicksProps = {
  readonly y: Scale;
  readonly ticks: readonly number[];
  /** Where the numbers end, in pixels. */
  readonly x: number;
  readonly rem: number;
  readonly format?: (value: number) => string;
  /** From where to where a line leads across the chart; absent: none. */
  readonly grid?: readonly [from: number, to: number];
};

export function YTicks({ y, ticks, x, rem, format = String, grid }: YTicksProps) {
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          {grid && <line className="grid" x1={grid[0]} x2={grid[1]} y1={y(tick)} y2={y(tick)} />}
          <text className="tick end" x={x} y={y(tick) + 0.35 * rem}>
            {format(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

/** What the vertical axis measures, above its numbers: the drawing leaves 2 rem free there. */
export function YName({ rem, children }: { readonly rem: number; readonly children: string }) {
  return (
    <text className="tick start" x={0} y={0.9 * rem}>
      ↑ {children}
    </text>
  );
}

type XTicksProps = {
  readonly x: Scale;
  readonly ticks: readonly number[];
  /** The baseline of the numbers, in pixels. */
  readonly y: number;
  readonly format?: (value: number) => string;
};

export function XTicks({ x, ticks, y, format = String }: XTicksProps) {
  return (
    <>
      {ticks.map((tick) => (
        <text key={tick} className="tick" x={x(tick)} y={y}>
          {format(tick)}
        </text>
      ))}
    </>
  );
}
