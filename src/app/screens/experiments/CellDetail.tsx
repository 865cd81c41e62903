/** One cell from inside: how it learned, what it takes for what, and the images on which it left the float network. */
import { useState } from 'react';
import { decodeClasses, type GridRow } from '../../../contract/grid/grid.ts';
import { count, percent } from '../../text/format.ts';
import { flips } from '../../text/flips.ts';
import { Picture } from '../../results/ImageTile.tsx';
import type { State } from '../../state/state.ts';
import { spoken } from '../../words/spoken.ts';
import { confusionOf, worstConfusion } from './cells.ts';
import { EpochChart } from './EpochChart.tsx';

type Props = {
  readonly state: State;
  readonly title: string;
  readonly row: GridRow;
  /** The float network on the same images, where it was measured. */
  readonly float32: GridRow | null;
};

export function CellDetail({ state, title, row, float32 }: Props) {
  const words = spoken(row.against).experiments;
  const isKept = row.predictions !== '';
  const { images, seed, device, finished, command } = row;
  const provenance = words.provenance(count(images), seed, device, finished.slice(0, 16).replace('T', ' '));
  return (
    <section className="cell-detail" aria-labelledby="cell-detail" data-testid="cell-detail">
      <h2 id="cell-detail">{words.detail(title, percent(row.top1))}</h2>
      <p className="provenance">{provenance}</p>
      <p className="command">
        {words.command} <code>{command}</code>
      </p>
      <div className="cell-views">
        {row.curve.length > 0 ? (
          <EpochChart curve={row.curve} provenance={provenance} />
        ) : (
          <p className="note">{words.noCurve}</p>
        )}
        {isKept ? <Confusion row={row} /> : <p className="note">{words.manyClasses}</p>}
      </div>
      {isKept && row.method !== 'float32' && <Flipped state={state} row={row} float32={float32} />}
    </section>
  );
}

function Confusion({ row }: { readonly row: GridRow }) {
  const words = spoken(row.against).experiments;
  const matrix = confusionOf(row);
  const worst = worstConfusion(matrix);
  const { classes } = row;
  const most = Math.max(...matrix.flat());
  return (
    <figure className="confusion">
      <p className="finding">
        {worst ? words.confusionFinding(classes[worst.truth], classes[worst.said], worst.count) : words.noConfusion}
      </p>
      <div className="grid-table">
        <table>
          <caption>{words.confusion}</caption>
          <thead>
            <tr>
              <th scope="col">{`${words.truth} ↓ ${words.said} →`}</th>
              {classes.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((line, truth) => (
              <tr key={classes[truth]}>
                <th scope="row">{classes[truth]}</th>
                {line.map((value, said) => (
                  <td
                    key={classes[said]}
                    className={truth === said ? 'right' : 'wrong'}
                    style={{ '--share': value / most } as React.CSSProperties}
                  >
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

const FIRST = 12;

/**
 * The strip is of the page's own images: the cell's are the same only where their labels are. Where nobody knows labels
 * the set's name has to do.
 */
const isOfPage = ({ images, link }: State, { against, dataset }: GridRow, labels: Int32Array): boolean =>
  against
    ? dataset === link.dataset
    : Array.from(images?.labels ?? []).every((label, i) => i >= labels.length || label === labels[i]);

function Flipped({ state, row, float32 }: Omit<Props, 'title'>) {
  const words = spoken(row.against).experiments;
  const [all, setAll] = useState(false);
  if (!float32) return <p className="note">{words.noFlips}</p>;
  const [before, now, labels] = [float32.predictions, row.predictions, row.labels].map(decodeClasses);
  const { images, lost, won } = flips(before, now, labels);
  const strip = state.images;
  const same = strip !== null && strip.height === row.side && isOfPage(state, row, labels);
  const { classes } = row;
  const line = (image: number): string =>
    words.flipLine(image + 1, classes[labels[image]], classes[before[image]], classes[now[image]]);
  const shown = all ? images : images.slice(0, FIRST);
  return (
    <section aria-labelledby="cell-flips">
      <h2 id="cell-flips">{words.flipsFinding(images.length, count(row.images), lost, won)}</h2>
      {!same && images.length > 0 && <p className="note">{words.notOpen}</p>}
      <ul className="flip-list">
        {shown.map((image) => (
          <li key={image}>
            {same && image < strip.count && <Picture strip={strip} index={image} alt="" />}
            <span>{line(image)}</span>
          </li>
        ))}
      </ul>
      {!all && images.length > FIRST && (
        <button type="button" onClick={() => setAll(true)}>
          {words.more(images.length)}
        </button>
      )}
    </section>
  );
}
