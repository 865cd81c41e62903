/** Marks of the chart of accuracy against size: a run, its bitwidth beside it, and what a training won back. */
import type { ReactNode } from 'react';
import type { ScaleLinear } from 'd3-scale';
import { symbol, symbolCircle, symbolTriangle } from 'd3-shape';
import type { Label } from '../../chart/labels.ts';
import type { Point } from './points.ts';

export type Scale = ScaleLinear<number, number>;

type MarkProps = {
  readonly point: Point;
  readonly x: number;
  readonly y: Scale;
  readonly area: number;
  readonly rem: number;
  readonly selected: boolean;
  /** null: there is no room for it. */
  readonly label: Label | null;
};

/** Rounded after training: open. Trained with it: filled. The 2021 preset: a triangle. */
export function Mark({ point: { run, low, high, bits }, x, y, area, rem, selected, label }: MarkProps) {
  const shape = run.settings.scheme?.name.startsWith('2021') ? symbolTriangle : symbolCircle;
  const dashed = run.recorded ? 'recorded-mark' : '';
  return (
    <g transform={`translate(${x} 0)`}>
      <path className="whisker" d={`M0 ${y(low)}V${y(high)}`} />
      <g transform={`translate(0 ${y(run.top1)})`}>
        {selected && <circle className="selected-ring" r={0.75 * rem} />}
        <path
          className={`quantized ${run.settings.method === 'qat' ? '' : 'hollow'} ${dashed}`}
          d={symbol(shape, area)() ?? ''}
        />
        <LabelText label={label} isValue={selected}>
          {bits}
        </LabelText>
      </g>
    </g>
  );
}

type LabelTextProps = { readonly label: Label | null; readonly isValue?: boolean; readonly children: ReactNode };

export const LabelText = ({ label, isValue = false, children }: LabelTextProps): ReactNode =>
  label && (
    <text className={`${isValue ? 'value' : 'tick'} ${label.anchor}`} x={label.dx} y={label.dy}>
      {children}
    </text>
  );

export function ArrowMark({
  x,
  from,
  to,
  rem,
}: {
  readonly x: number;
  readonly from: number;
  readonly to: number;
  readonly rem: number;
}) {
  const head = 0.4 * rem * Math.sign(from - to);
  return (
    <path
      className="line quantized"
      d={`M${x} ${from}V${to + head}m${-0.3 * rem} ${head * 0.6}L${x} ${to + head * 0.6}l${0.3 * rem} ${head}`}
    />
  );
}
