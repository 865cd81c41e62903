/** The range of every output channel's weights, and the grid that holds it. */
import { scaleLinear } from 'd3-scale';
import type { ReactNode } from 'react';
import type { LayerChannels } from '../../../contract/calls/inspect.ts';
import { XTicks, YName, YTicks } from '../../chart/Axes.tsx';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { WORDS } from '../../words/words.ts';
import { channelsFinding } from './channelSpread.ts';
import { decibels, real } from '../layer/numbers.ts';
import { nameOf } from '../../text/names.ts';

type Row = {
  readonly channel: number;
  readonly lo: number;
  readonly hi: number;
  readonly scale: number;
  readonly sqnr: number;
};

function columns(): readonly Column<Row>[] {
  const words = WORDS.layers.channelColumns;
  return [
    { title: words.channel, value: ({ channel }) => channel },
    { title: words.lo, value: ({ lo }) => lo, text: ({ lo }) => real(lo) },
    { title: words.hi, value: ({ hi }) => hi, text: ({ hi }) => real(hi) },
    { title: words.scale, value: ({ scale }) => scale, text: ({ scale }) => real(scale) },
    { title: words.sqnr, value: ({ sqnr }) => sqnr, text: ({ sqnr }) => decibels(sqnr) },
  ];
}

type Props = {
  readonly channels: LayerChannels;
  /** The same channels before equalization, or after it: outlined, to compare. */
  readonly other: LayerChannels | null;
  readonly control: ReactNode;
};

export function ChannelRanges({ channels, other, control }: Props) {
  const words = WORDS.layers;
  const { layer, lo, hi, scale, sqnr, settings } = channels;
  const rows = (): readonly Row[] =>
    Array.from(lo, (least, channel) => ({
      channel,
      lo: least,
      hi: hi[channel],
      scale: scale[channel],
      sqnr: sqnr[channel],
    }));
  return (
    <ChartFrame
      id="channels"
      title={words.channelsTitle(layer)}
      finding={channelsFinding(channels, other)}
      provenance={nameOf(settings)}
      height={13}
      table={() => ({ columns: columns(), rows: rows() })}
      legend={[
        { colour: 'float32', className: 'swatch', text: words.ranges },
        { colour: 'quantized', className: 'swatch thick', text: words.grid },
        ...(other ? [{ className: 'stroke', text: words.equalization.other }] : []),
      ]}
      control={control}
    >
      {(box) => <Drawing channels={channels} other={other} {...box} />}
    </ChartFrame>
  );
}

function Drawing({
  channels: { lo, hi, scale, zeroPoint, qmin, qmax },
  other,
  width,
  height,
  rem,
}: Box & Pick<Props, 'channels' | 'other'>) {
  const ends = (code: number): Float32Array => scale.map((s, c) => (code - zeroPoint[c]) * s);
  const [bottom, top] = [ends(qmin), ends(qmax)];
  const x = scaleLinear([0, lo.length], [3.5 * rem, width]);
  // The other side fits in as well: what is compared keeps its axis.
  const others = other ? [...other.lo, ...other.hi] : [];
  const y = scaleLinear(
    [Math.min(...lo, ...bottom, ...others), Math.max(...hi, ...top, ...others)],
    [height - 1.8 * rem, 2.2 * rem],
  );
  const step = x(1) - x(0);
  const bar = Math.max(0.6 * step, 0.8);
  const bars = Array.from(
    lo,
    (least, c) =>
      `M${(x(c) + (step - bar) / 2).toFixed(1)} ${y(least).toFixed(1)}h${bar.toFixed(1)}V${y(hi[c]).toFixed(1)}h${(-bar).toFixed(1)}Z`,
  ).join('');
  const edge = (values: Float32Array): string =>
    Array.from(values, (value, c) => `M${x(c).toFixed(1)} ${y(value).toFixed(1)}h${step.toFixed(1)}`).join('');
  return (
    <>
      <line className="axis" x1={x(0)} x2={width} y1={y(0)} y2={y(0)} />
      <path className="float32" d={bars} />
      {other && <path className="other" d={edge(other.lo) + edge(other.hi)} />}
      <path className="quantized line" d={edge(bottom) + edge(top)} />
      <YTicks y={y} ticks={y.ticks(4)} x={3.2 * rem} rem={rem} format={real} />
      <YName rem={rem}>{WORDS.layers.weightAxis}</YName>
      <XTicks
        x={(c) => x(c + 0.5)}
        ticks={x.ticks(Math.max(2, Math.floor(width / (6 * rem)))).filter((c) => Number.isInteger(c) && c < lo.length)}
        y={height - 0.3 * rem}
      />
    </>
  );
}
