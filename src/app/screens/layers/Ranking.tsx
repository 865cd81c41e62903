/** What every layer costs alone, the worst first, ties shown as such; the guess is marked. */
import { useEffect } from 'react';
import type { SensitivityResult } from '../../../contract/calls/inspect.ts';
import { announce } from '../../text/announce.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { count, percent, points } from '../../text/format.ts';
import { layerFinding, placesOf, type Ends, type Placed } from '../../text/layerRanking.ts';
import { runProvenance } from '../../text/provenance.ts';
import { spoken } from '../../words/spoken.ts';
import type { Words } from '../../words/words.ts';
import { decibels, real } from '../layer/numbers.ts';

type Props = { readonly result: SensitivityResult; readonly guess: string | null; readonly ends: Ends };

/** Bars that are drawn; the table has every layer. */
const SHOWN = 10;

function columnsFor(words: Words['layers']['rankColumns'], float32: number): readonly Column<Placed>[] {
  const orDash = (dB: number | null): string => decibels(dB ?? NaN);
  return [
    { title: words.rank, value: ({ first }) => first },
    { title: words.layer, value: ({ layer }) => layer },
    { title: words.weightBits, value: ({ weightBits }) => weightBits },
    { title: words.activationBits, value: ({ activationBits }) => activationBits },
    { title: words.top1, value: ({ both }) => both.top1, text: ({ both }) => percent(both.top1) },
    {
      title: words.points,
      value: ({ both }) => 100 * (both.top1 - float32),
      text: ({ both }) => points(both.top1 - float32),
    },
    { title: words.divergence, value: ({ both }) => both.divergence, text: ({ both }) => real(both.divergence) },
    { title: words.weights, value: ({ weightSqnr }) => weightSqnr, text: ({ weightSqnr }) => orDash(weightSqnr) },
    {
      title: words.activations,
      value: ({ activationSqnr }) => activationSqnr,
      text: ({ activationSqnr }) => orDash(activationSqnr),
    },
    { title: words.rankLast, value: ({ last }) => last },
  ];
}

export function Ranking({ result, guess, ends }: Props) {
  const words = spoken(result.settings.against).layers;
  const placed = placesOf(result);
  const finding = layerFinding(result, ends);
  const drawn = placed.filter(({ layer }, i) => i < SHOWN || layer === guess);
  useEffect(() => announce(finding), [finding]);
  return (
    <>
      <ChartFrame
        id="sensitivity"
        title={words.rankTitle}
        finding={finding}
        provenance={words.rankProvenance(runProvenance(result))}
        height={drawn.length * 2.7}
        table={{ columns: columnsFor(words.rankColumns, result.float.top1), rows: placed }}
      >
        {(box) => <Bars words={words} layers={drawn} guess={guess} {...box} />}
      </ChartFrame>
      <p className="note">{words.rankNote(count(result.images))}</p>
    </>
  );
}

/** One row for each layer: its place and name, a bar as long as its divergence, and both numbers. */
function Bars({
  words,
  layers,
  guess,
  width,
  rem,
}: Box & { readonly words: Words['layers']; readonly layers: readonly Placed[]; readonly guess: string | null }) {
  const most = Math.max(...layers.map(({ both }) => both.divergence), Number.MIN_VALUE);
  return (
    <>
      {layers.map(({ layer, first, last, both }, i) => {
        const top = i * 2.7 * rem;
        return (
          <g key={layer}>
            <text className="start" x={0} y={top + rem}>
              {`${words.place(first, last)} ${layer}${layer === guess ? ` (${words.yourGuess})` : ''}`}
            </text>
            <text className="end tick" x={width} y={top + rem}>
              {words.rankLabel(real(both.divergence), percent(both.top1))}
            </text>
            <rect
              className={layer === guess ? 'quantized' : 'error'}
              y={top + 1.35 * rem}
              width={Math.max(2, (width * both.divergence) / most)}
              height={0.8 * rem}
              rx={3}
            />
          </g>
        );
      })}
    </>
  );
}
