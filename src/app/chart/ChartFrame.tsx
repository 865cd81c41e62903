/** The frame of every chart: its finding above, its numbers behind it, and both to take home. */
import { useId, useRef, useState, type ReactNode } from 'react';
import { WORDS } from '../words/words.ts';
import { Explained } from '../glossary/Explained.tsx';
import { wordsOf } from '../glossary/entry.ts';
import { ChartTableView } from './ChartTableView.tsx';
import { Legend, type LegendKey } from './Legend.tsx';
import { pngOf } from './picture.ts';
import { saveFile } from './save.ts';
import { csvOf, type ChartTable } from './table.ts';
import { useBox, type Box } from './useBox.ts';
import './chart.css';

type Props<Row> = {
  /** Names the files and the test ids: "accuracy" gives accuracy.csv, accuracy.png and `chart-accuracy`. */
  readonly id: string;
  /** Names the files in the id's place, where what is drawn is not always the same measure. */
  readonly file?: string;
  /** What is drawn, with its units: "Top-1 accuracy with 95% interval, by bits". */
  readonly title: string;
  /** One sentence: what the chart shows. */
  readonly finding: string;
  /** The chart in words, for screen readers; absent: the finding. */
  readonly summary?: string;
  /** Where the numbers are from: device, backend, images, seed. Written below the chart and into its files. */
  readonly provenance: string;
  /** Height of the drawing in rem, so that it grows with the type. */
  readonly height: number;
  /** A function: made only once it is opened or saved, for charts that redraw within a frame. */
  readonly table: ChartTable<Row> | (() => ChartTable<Row>);
  /** Explains colours and shapes, in words, under the drawing. */
  readonly legend?: readonly LegendKey[];
  /** What moves something in the drawing: it stands right under it, in view with it. */
  readonly control?: ReactNode;
  /** The contents of the SVG, in CSS pixels; called once the box is laid out. */
  readonly children: (box: Box) => ReactNode;
};

/**
 * How to use it: give `finding`, `provenance` and `table`, and draw with d3 scales into the box that `children` gets.
 *
 *     <ChartFrame id="weights" title="Weights of conv1" finding={…} provenance={…} height={16} table={{ columns, rows }}>
 *       {({ width, height, rem }) => <path className="quantized" d={…} />}
 *     </ChartFrame>
 *
 * - A screen reader reads the svg as one image, by its `summary`; the table has the numbers. A chart with something to
 *   drag (a threshold) has an <input type="range"> for it as its `control`, not in the SVG.
 * - Classes in chart.css draw the house's colours: `float32` (grey), `quantized` (blue), `error` (orange), each with
 *   `line`, `hollow`, `area`; `axis`, `tick`, `label`, `value`, `reference`. Shape or dash must tell apart what
 *   colour does: square for float32, circle for quantized.
 * - Margins in `rem`: text is 1rem high. What moves is CSS transition or nothing: reduced motion then stops it.
 * - Never put a number in the drawing that is not in the table.
 */
export function ChartFrame<Row>({
  id,
  file = id,
  title,
  finding,
  summary,
  provenance,
  height,
  table,
  legend,
  control,
  children,
}: Props<Row>) {
  const [ref, box] = useBox();
  const svg = useRef<SVGSVGElement>(null);
  const caption = useId();
  const [problem, setProblem] = useState('');
  const [open, setOpen] = useState(false);
  const tableNow = (): ChartTable<Row> => (typeof table === 'function' ? table() : table);
  const words = WORDS.chart;
  const inFinding = wordsOf(finding);

  function saveCsv(): void {
    const text = csvOf(tableNow(), { title: words.provenance, text: provenance });
    saveFile(`fewbit-${file}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }));
  }

  async function savePng(): Promise<void> {
    if (!svg.current) return;
    try {
      saveFile(`fewbit-${file}.png`, await pngOf(svg.current, finding, `${title}. ${provenance}`, legend));
    } catch (error) {
      setProblem(words.noPicture(error instanceof Error ? error.message : String(error)));
    }
  }

  return (
    <figure className="chart" aria-labelledby={caption} data-testid={`chart-${id}`}>
      <p className="finding" data-testid={`finding-${id}`}>
        <Explained>{finding}</Explained>
      </p>
      <div className="drawing" ref={ref} style={{ height: `${height}rem` }}>
        {box.width > 0 && (
          <svg
            ref={svg}
            width={box.width}
            height={box.height}
            viewBox={`0 0 ${box.width} ${box.height}`}
            role="img"
            aria-label={summary ?? finding}
          >
            {children(box)}
          </svg>
        )}
      </div>
      {control}
      <figcaption id={caption}>
        <Explained known={inFinding}>{title}</Explained>
      </figcaption>
      {legend && <Legend keys={legend} />}
      <p className="provenance">
        <Explained known={wordsOf(`${finding} ${title}`)}>{provenance}</Explained>
      </p>
      <div className="takeaway">
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>{words.asTable(title)}</summary>
          {(open || typeof table !== 'function') && <ChartTableView title={title} table={tableNow()} />}
        </details>
        <button type="button" className="small" aria-label={words.csvOf(title)} onClick={saveCsv}>
          {words.csv}
        </button>
        <button type="button" className="small" aria-label={words.pngOf(title)} onClick={() => void savePng()}>
          {words.png}
        </button>
      </div>
      {problem && (
        <p className="notice" role="alert">
          {problem}
        </p>
      )}
    </figure>
  );
}
