/** One lane at one batch size: a bar for each file, with the interval of its median. */
import { raceChartFinding } from '../../text/raceChart.ts';
import type { Machine, RaceRow } from '../../../contract/calls/race.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { contenderId, isFloat } from '../../state/contenders.ts';
import { milliseconds } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { contenderName } from '../../text/names.ts';

const ROW = 2.8;

/** Columns of the numbers of a row; the screen's whole table has more. */
function timeColumns(): readonly Column<RaceRow>[] {
  const words = WORDS.race.columns;
  const ms = (title: string, of: (row: RaceRow) => number): Column<RaceRow> => ({
    title,
    value: of,
    text: (row) => milliseconds(of(row)),
  });
  return [
    { title: words.file, value: contenderName },
    {
      title: words.size,
      value: ({ onnxBytes }) => onnxBytes,
      text: ({ onnxBytes }) => WORDS.race.megabytes(onnxBytes),
    },
    ms(words.median, ({ medianMs }) => medianMs),
    ms(words.low, ({ lowMs }) => lowMs),
    ms(words.high, ({ highMs }) => highMs),
    ms(words.p95, ({ p95Ms }) => p95Ms),
    {
      title: words.rate,
      value: ({ imagesPerSecond }) => imagesPerSecond,
      text: ({ imagesPerSecond }) => WORDS.race.rate(imagesPerSecond),
    },
    { title: words.runs, value: ({ runs }) => runs },
  ];
}

export function RaceChart({ rows, machine }: { readonly rows: readonly RaceRow[]; readonly machine: Machine }) {
  const words = WORDS.race;
  const [{ lane, threads, batch, warmup }] = rows;
  const finding = raceChartFinding(rows, contenderName);
  return (
    <ChartFrame
      id={`race-${lane}-${batch}`}
      title={words.chart(words.lane[lane], batch)}
      finding={finding}
      provenance={words.provenance(
        machine.runtime,
        words.lane[lane],
        threads,
        machine.cores,
        machine.crossOriginIsolated,
        machine.adapter,
        warmup,
      )}
      height={rows.length * ROW}
      table={{ columns: timeColumns(), rows }}
    >
      {(box) => <Bars rows={rows} {...box} />}
    </ChartFrame>
  );
}

/** Milliseconds without their unit. */
const plain = (ms: number): string => milliseconds(ms).replace(' ms', '');

/** Name and numbers above, the bar below with its whisker. */
function Bars({ rows, width, rem }: Box & { readonly rows: readonly RaceRow[] }) {
  const most = Math.max(...rows.map(({ highMs }) => highMs));
  const x = (ms: number): number => (width * ms) / most;
  return (
    <>
      {rows.map((row, i) => {
        const top = i * ROW * rem;
        const middle = top + 1.85 * rem;
        const [low, high] = [x(row.lowMs), x(row.highMs)];
        return (
          <g key={contenderId(row)}>
            <text className="start" x={0} y={top + rem}>
              {contenderName(row)}
            </text>
            <text className="end tick" x={width} y={top + rem}>
              {WORDS.race.bar(
                milliseconds(row.medianMs),
                plain(row.lowMs),
                plain(row.highMs),
                WORDS.race.megabytes(row.onnxBytes),
              )}
            </text>
            <rect
              className={isFloat(row) ? 'float32' : 'quantized'}
              y={middle - 0.4 * rem}
              width={Math.max(2, x(row.medianMs))}
              height={0.8 * rem}
              rx={isFloat(row) ? 0 : 0.4 * rem}
            />
            <path
              className="whisker"
              d={`M${low} ${middle}H${high}M${low} ${middle - 0.45 * rem}v${0.9 * rem}M${high} ${middle - 0.45 * rem}v${0.9 * rem}`}
            />
          </g>
        );
      })}
    </>
  );
}
