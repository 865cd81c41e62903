/** The histogram of a layer's weights, and the spikes into which it collapses. */
import { scaleLinear } from 'd3-scale';
import type { PointerEvent } from 'react';
import type { Snap, SnapGrid } from '../../../contract/calls/inspect.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { bitsName, count, percent } from '../../text/format.ts';
import { schemeInWords } from '../../text/names.ts';
import { WORDS } from '../../words/words.ts';
import { decibels, real, share, whole } from '../layer/numbers.ts';
import {
  areaPath,
  levelsPath,
  mostAtLevel,
  mostPerStep,
  nearestWeight,
  sharedZeroPoint,
  spikesPath,
} from './shapes.ts';
import { XTicks, YTicks } from '../../chart/Axes.tsx';
import type { LegendKey } from '../../chart/Legend.tsx';

type Props = {
  readonly snap: Snap;
  readonly grid: SnapGrid;
  readonly model: string;
  /** Place of the followed weight among `snap.weights`. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
};

type Row = { readonly code: number; readonly value: number | null; readonly weights: number; readonly total: number };

function columns(): readonly Column<Row>[] {
  const words = WORDS.snap.columns;
  return [
    { title: words.code, value: ({ code }) => code, text: ({ code }) => whole(code) },
    { title: words.value, value: ({ value }) => value, text: ({ value }) => real(value ?? NaN) },
    { title: words.weights, value: ({ weights }) => weights, text: ({ weights }) => count(weights) },
    {
      title: words.share,
      value: ({ weights, total }) => weights / total,
      text: ({ weights, total }) => percent(weights / total),
    },
  ];
}

const oneScale = ({ scales: [least, greatest] }: SnapGrid): number | null => (least === greatest ? least : null);

export function SnapChart({ snap, grid, model, chosen, onChoose }: Props) {
  const words = WORDS.snap;
  const scale = oneScale(grid);
  const zero = sharedZeroPoint(grid);
  const finding = words.finding(
    bitsName(grid.bits),
    count(snap.count),
    2 ** grid.bits - (grid.qmin + grid.qmax === 0 ? 1 : 0),
    scale === null,
    decibels(grid.sqnr),
    share(grid.clipped / snap.count),
  );
  const rows = (): readonly Row[] =>
    [...grid.spikes].map((weights, i) => {
      const level = grid.first + i;
      return { code: level + (zero ?? 0), value: scale === null ? null : scale * level, weights, total: snap.count };
    });
  const scales =
    scale === null ? words.manyScales(real(grid.scales[0]), real(grid.scales[1])) : words.oneScale(real(scale));
  return (
    <ChartFrame
      id="snap"
      title={words.title(snap.layer, snap.channel)}
      finding={finding}
      provenance={words.provenance(model, schemeInWords(snap.settings), scales)}
      height={18}
      table={() => ({ columns: columns(), rows: rows() })}
      legend={legend()}
    >
      {(box) => (
        <Drawing
          grid={grid}
          total={snap.count}
          zero={zero}
          scale={scale}
          chosen={chosen}
          onChoose={onChoose}
          {...box}
        />
      )}
    </ChartFrame>
  );
}

function legend(): readonly LegendKey[] {
  const words = WORDS.snap;
  return [
    { colour: 'float32', className: 'swatch', text: words.float32 },
    { colour: 'quantized', className: 'swatch quantized', text: words.quantized },
    { colour: 'error', className: 'swatch hatched', text: words.clamped },
  ];
}

type DrawingProps = Box & {
  readonly grid: SnapGrid;
  /** How many weights there are. */
  readonly total: number;
  readonly zero: number | null;
  readonly scale: number | null;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
};

function Drawing({ grid, total, zero, scale, chosen, onChoose, width, height, rem }: DrawingProps) {
  const words = WORDS.snap;
  const base = height - (scale === null ? 3 : 4.2) * rem;
  const left = 3.6 * rem;
  const x = scaleLinear([grid.lo, grid.hi], [left, width - 0.7 * rem]);
  const top = 1.9 * rem;
  const y = scaleLinear([0, mostPerStep(grid)], [base, top]);
  const spikeY = scaleLinear([0, mostAtLevel(grid) / total], [base, top]);
  const atLevel = (weights: number): number => spikeY(weights / total);
  const step = x(1) - x(0);
  const last = grid.first + grid.spikes.length - 1;
  const thickness = Math.min(Math.max(0.55 * step, 1.6), 0.9 * rem);
  const level = grid.ways.code[chosen] - grid.ways.zeroPoint[chosen];
  const lane = base + 0.75 * rem;

  function follow({ buttons, type, currentTarget, clientX }: PointerEvent<SVGRectElement>): void {
    if (type !== 'pointerdown' && buttons !== 1) return;
    const bounds = currentTarget.getBoundingClientRect();
    onChoose(nearestWeight(grid, x.invert(left + clientX - bounds.left)));
  }

  return (
    <>
      <Beyond from={grid.lo} to={grid.first - 0.5} x={x} top={top} bottom={base} />
      <Beyond from={last + 0.5} to={grid.hi} x={x} top={top} bottom={base} />
      <path className="area float32" d={areaPath(grid, x, y)} />
      <path className="quantized" d={spikesPath(grid, x, atLevel, thickness)} data-testid="spikes" />
      <line className="axis" x1={left} x2={width} y1={base} y2={base} />
      <path className="line quantized thin" d={levelsPath(grid, x, base, 0.35 * rem)} data-testid="levels" />
      <YTicks y={spikeY} ticks={spikeY.ticks(4)} x={left - 0.3 * rem} rem={rem} format={share} />
      <text className="tick start" x={0} y={0.9 * rem}>
        {words.spikeAxis}
      </text>
      <line className="error line" x1={x(grid.ways.ratio[chosen])} x2={x(level)} y1={lane} y2={lane} />
      <rect
        className="float32"
        x={x(grid.ways.ratio[chosen]) - 0.35 * rem}
        y={lane - 0.35 * rem}
        width={0.7 * rem}
        height={0.7 * rem}
      />
      <circle className="quantized" cx={x(level)} cy={lane} r={0.35 * rem} />
      <text className="tick start" x={0} y={base + 2.4 * rem}>
        {zero === null ? words.levelAxis : words.codeAxis}
      </text>
      <XTicks
        x={x}
        ticks={ticksOf(grid.first, last, step, 2.9 * rem)}
        y={base + 2.4 * rem}
        format={(at) => whole(at + (zero ?? 0))}
      />
      {scale !== null && (
        <RealTicks x={x} scale={scale} y={base + 3.8 * rem} count={Math.max(2, Math.floor(width / (7 * rem)))} />
      )}
      <rect
        className="catcher"
        x={left}
        width={Math.max(0, width - left - 0.7 * rem)}
        height={height}
        onPointerDown={follow}
        onPointerMove={follow}
      />
    </>
  );
}

type Scale = (step: number) => number;

/** Where weights are that the grid does not reach. */
function Beyond({
  from,
  to,
  x,
  top,
  bottom,
}: {
  readonly from: number;
  readonly to: number;
  readonly x: Scale;
  readonly top: number;
  readonly bottom: number;
}) {
  if (to <= from) return null;
  const stripes = Array.from({ length: Math.ceil((x(to) - x(from)) / 20) }, (_, i) => x(from) + i * 20);
  return (
    <g>
      <rect className="error faint" x={x(from)} y={top} width={x(to) - x(from)} height={bottom - top} />
      <path className="error line thin" d={stripes.map((at) => `M${at.toFixed(1)} ${bottom}V${top}`).join('')} />
    </g>
  );
}

function RealTicks({
  x,
  scale,
  y,
  count: wanted,
}: {
  readonly x: Scale & { invert: (px: number) => number; range: () => number[] };
  readonly scale: number;
  readonly y: number;
  readonly count: number;
}) {
  const [from, to] = x.range().map((px) => x.invert(px) * scale);
  return (
    <>
      <text className="tick start" x={0} y={y}>
        {WORDS.snap.realAxis}
      </text>
      <XTicks
        x={(value) => x(value / scale)}
        ticks={scaleLinear([from, to], [0, 1]).ticks(wanted)}
        y={y}
        format={real}
      />
    </>
  );
}

/** Levels that have room for their number, zero among them. */
function ticksOf(first: number, last: number, step: number, room: number): number[] {
  const every = 2 ** Math.max(0, Math.ceil(Math.log2(room / step)));
  const from = Math.ceil(first / every) * every;
  return Array.from({ length: Math.floor((last - from) / every) + 1 }, (_, i) => from + i * every);
}
