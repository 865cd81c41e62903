/** The bill: accuracy against size, every run a mark; what training won back is an arrow; 2021 stands beside it on request. */
import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { symbol, symbolSquare } from 'd3-shape';
import { useState } from 'react';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import { placeLabels } from '../../chart/labels.ts';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { bitsName, count, kilobytes, milliseconds, percent, percentShort } from '../../text/format.ts';
import { shownSummary } from '../../state/measurements.ts';
import { summaryProvenance } from '../../text/provenance.ts';
import type { State } from '../../state/state.ts';
import { WORDS, type Words } from '../../words/words.ts';
import { settingsKey } from '../../../contract/settings.ts';
import {
  arrowsOf,
  pointsOf,
  publishedBeside,
  publishedPoints,
  smallestWithin,
  type Point,
  type PublishedPoint,
} from './points.ts';
import { nameOf } from '../../text/names.ts';
import { workloadOf, hides, wordsOf } from '../../state/selectors.ts';
import { XTicks, YName, YTicks } from '../../chart/Axes.tsx';
import { ArrowMark, LabelText, Mark, type Scale } from './BillMarks.tsx';
import type { LegendKey } from '../../chart/Legend.tsx';

const KEPT = 0.01;

type Row = Partial<Point> & {
  readonly name: string;
  readonly top1: number;
  readonly share: number;
  readonly method: string;
  readonly from: string;
  readonly provenance: string;
  readonly kl?: number | undefined;
};

const words = WORDS.bill;

const divergence: Column<Row> = {
  title: WORDS.agreement.divergence,
  value: ({ kl }) => kl ?? null,
  text: ({ kl }) => (kl ?? 0).toFixed(4),
};

const columnsOf = (words: Words['bill'], isAgreement: boolean): readonly Column<Row>[] => [
  { title: words.columns.run, value: ({ name }) => name },
  { title: words.columns.method, value: ({ method }) => method },
  { title: words.columns.bits, value: ({ bits }) => bits ?? 32 },
  { title: words.columns.top1, value: ({ top1 }) => top1, text: ({ top1 }) => percent(top1) },
  { title: words.columns.low, value: ({ low }) => low ?? null, text: ({ low }) => percent(low ?? 0) },
  { title: words.columns.high, value: ({ high }) => high ?? null, text: ({ high }) => percent(high ?? 0) },
  { title: words.columns.share, value: ({ share }) => share, text: ({ share }) => percentShort(share) },
  {
    title: words.columns.bytes,
    value: ({ run }) => run?.sizeBytes ?? null,
    text: ({ run }) => kilobytes(run?.sizeBytes ?? 0),
  },
  {
    title: words.columns.latency,
    value: (row) => row.milliseconds ?? null,
    text: (row) => milliseconds(row.milliseconds ?? 0),
  },
  ...(isAgreement ? [divergence] : []),
  { title: words.columns.flipped, value: ({ flipped }) => flipped ?? null, text: ({ flipped }) => count(flipped ?? 0) },
  { title: words.columns.from, value: ({ from }) => from },
];

const rowOf = (point: Point): Row => ({
  ...point,
  kl: 'kl' in point.run ? point.run.kl : undefined,
  name: nameOf(point.run.settings),
  top1: point.run.top1,
  method: point.run.settings.method,
  from: point.run.recorded ? words.columns.recorded : words.columns.measured,
  provenance: summaryProvenance(point.run),
});

const publishedRow = ({ bits, method, share, top1 }: PublishedPoint): Row => ({
  name: words.published.name(bitsName(bits)),
  bits,
  method,
  share,
  top1,
  from: words.published.from,
  provenance: words.published.provenance,
});

export function BillChart({ state }: { readonly state: State }) {
  const words = wordsOf(state).bill;
  const [overlay, setOverlay] = useState(false);
  const points = pointsOf(state);
  const beside = publishedBeside(workloadOf(state));
  // 2021's figures are accuracies: beside agreement they would say nothing.
  const isAgreement = state.opened?.against !== undefined;
  const isBeside = overlay && !isAgreement;
  const published = isBeside ? publishedPoints(beside) : [];
  const smallest = smallestWithin(points, KEPT);
  const shown = shownSummary(state);
  const finding = smallest
    ? words.billFinding(nameOf(smallest.run.settings), percentShort(smallest.share), percent(smallest.run.top1))
    : words.billEmpty;
  return (
    <section className="bill" aria-labelledby="bill">
      <h2 id="bill">{words.billHeading}</h2>
      {!hides(state, 'story') && isAgreement && (
        <p className="filter" data-testid="not-compared">
          {WORDS.agreement.notCompared}
        </p>
      )}
      {!hides(state, 'story') && !isAgreement && (
        <label className="filter">
          <input
            type="checkbox"
            checked={overlay}
            onChange={({ target }) => setOverlay(target.checked)}
            data-testid="published"
          />
          {words.published.show(beside.model, beside.dataset)}
        </label>
      )}
      <ChartFrame
        id="bill"
        title={words.billTitle}
        finding={finding}
        provenance={[
          shown ? summaryProvenance(shown) : words.notMeasured,
          ...(isBeside ? [words.published.provenance] : []),
        ].join('. ')}
        height={19}
        table={{
          columns: columnsOf(words, isAgreement),
          rows: [...points.map(rowOf), ...published.map(publishedRow)],
          provenance: (row) => row.provenance,
        }}
        legend={legendOf(isBeside, points)}
      >
        {(box) => (
          <Marks
            {...box}
            yName={words.accuracyAxis}
            points={points}
            published={published}
            selected={shown ? settingsKey(shown.settings) : ''}
          />
        )}
      </ChartFrame>
    </section>
  );
}

type MarksProps = Box & {
  readonly yName: string;
  readonly points: readonly Point[];
  readonly published: readonly PublishedPoint[];
  readonly selected: string;
};

function Marks({ yName, points, published, selected, width, height, rem }: MarksProps) {
  const widest = max([...points.filter(({ bits }) => bits !== null), ...published], ({ share }) => share) ?? 0.25;
  const float32 = points.find(({ bits }) => bits === null);
  const x = scaleLinear([0, widest * 1.08], [3.2 * rem, width - rem]);
  const y = scaleLinear([0, 1], [height - 3 * rem, 2.2 * rem]);
  const area = 0.42 * rem * rem;
  const marks = points.filter(({ bits }) => bits !== null);
  // At the left, where no network is so small.
  const float32Text = float32 && {
    x: x.range()[0] + 0.3 * rem,
    y: y(float32.run.top1),
    text: `${words.float32} ${percentShort(float32.run.top1)}`,
    dx: 0,
    dy: -0.4 * rem,
    anchor: 'start' as const,
  };
  const labels = placeLabels(
    [
      ...marks.map(({ key, share, bits, run }) => ({
        x: x(share),
        y: y(run.top1),
        text: String(bits),
        first: key === selected,
      })),
      ...published.map(({ share, bits, top1 }) => ({ x: x(share), y: y(top1), text: String(bits) })),
    ],
    rem,
    float32Text ? [float32Text] : [],
  );
  return (
    <>
      <Axes x={x} y={y} name={yName} width={width} height={height} rem={rem} />
      {float32Text && (
        <>
          <line className="reference" x1={x.range()[0]} x2={width} y1={float32Text.y} y2={float32Text.y} />
          <text className="tick start" x={float32Text.x} y={float32Text.y + float32Text.dy}>
            {float32Text.text}
          </text>
        </>
      )}
      {published.map(({ bits, method, share, top1 }, at) => (
        <g key={`${method}${bits}`} transform={`translate(${x(share)} ${y(top1)})`}>
          <path className={method === 'qat' ? 'error' : 'error hollow'} d={symbol(symbolSquare, area * 0.8)() ?? ''} />
          <LabelText label={labels[marks.length + at]}>{bits}</LabelText>
        </g>
      ))}
      {arrowsOf(points).map(({ from, to }) => (
        <ArrowMark key={to.key} x={x(to.share)} from={y(from.run.top1)} to={y(to.run.top1)} rem={rem} />
      ))}
      {marks.map((point, at) => (
        <Mark
          key={point.key}
          point={point}
          x={x(point.share)}
          y={y}
          area={area}
          rem={rem}
          selected={point.key === selected}
          label={labels[at]}
        />
      ))}
    </>
  );
}

function Axes({
  x,
  y,
  name,
  width,
  height,
  rem,
}: Box & { readonly x: Scale; readonly y: Scale; readonly name: string }) {
  const [left] = x.range();
  return (
    <>
      <YTicks y={y} ticks={y.ticks(5)} x={left - 0.4 * rem} rem={rem} format={percentShort} grid={[left, width]} />
      <YName rem={rem}>{name}</YName>
      <XTicks x={x} ticks={x.ticks(width / (5 * rem))} y={height - 1.6 * rem} format={percentShort} />
      <line className="axis" x1={left} x2={width} y1={y(0)} y2={y(0)} />
      <text className="tick end" x={width} y={height - 0.3 * rem}>
        {words.sizeAxis}
      </text>
    </>
  );
}

function legendOf(overlay: boolean, points: readonly Point[]): readonly LegendKey[] {
  const recorded = points.some(({ run }) => run.recorded);
  return [
    { colour: 'quantized', glyph: '○', text: words.legend.modern },
    { colour: 'quantized', glyph: '△', text: words.legend.preset2021 },
    { colour: 'quantized', glyph: '●', text: words.legend.trained },
    ...(recorded ? [{ colour: 'quantized', glyph: '◌', text: words.recorded } as const] : []),
    ...(overlay ? [{ colour: 'error', glyph: '□ ■', text: words.published.legend } as const] : []),
  ];
}
