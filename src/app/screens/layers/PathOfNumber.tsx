/** The path of one number: from a layer's input codes to one of its output codes, as integers. */
import { useId, useState } from 'react';
import type { Lab } from '../../../lab/rpc/client.ts';
import type { LayerInfo, NumberPathArgs } from '../../../contract/calls/inspect.ts';
import { ChartTableView } from '../../chart/ChartTableView.tsx';
import { saveFile } from '../../chart/save.ts';
import { csvOf, type ChartTable, type Column } from '../../chart/table.ts';
import { count } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { whole } from '../layer/numbers.ts';
import { Steps } from '../layer/Steps.tsx';
import { useAnswer } from '../layer/useAnswer.ts';
import { Waiting } from '../layer/Waiting.tsx';
import { pathSteps, productsOf, type Term } from './pathSteps.ts';
import { nameOf } from '../../text/names.ts';

/** Products that the page shows; a file has them all. */
const SHOWN = 24;

function columns(): readonly Column<Term>[] {
  const words = WORDS.path.columns;
  return [
    { title: words.row, value: ({ y }) => y },
    { title: words.column, value: ({ x }) => x },
    { title: words.channel, value: ({ channel }) => channel },
    { title: words.input, value: ({ centred }) => centred, text: ({ centred }) => whole(centred) },
    {
      title: words.weight,
      value: ({ centredWeight }) => centredWeight,
      text: ({ centredWeight }) => whole(centredWeight),
    },
    { title: words.product, value: ({ product }) => product, text: ({ product }) => whole(product) },
  ];
}

type Props = Omit<NumberPathArgs, 'layer'> & { readonly lab: Lab; readonly layer: LayerInfo };

export function PathOfNumber({ lab, layer, settings, image, place }: Props) {
  const words = WORDS.path;
  const heading = useId();
  const answer = useAnswer(lab, 'numberPath', { settings, layer: layer.name, image, place });
  const found = answer.shown;
  return (
    <section className="path" aria-labelledby={heading}>
      <h3 id={heading}>{words.title}</h3>
      <Waiting answer={answer} what={words.asking} />
      {found && (
        <>
          <p data-testid="path-where">
            {found.shape.length === 3
              ? words.where(found.layer, found.place.channel, found.place.y, found.place.x)
              : words.whereVector(found.layer, found.place.channel)}
          </p>
          <Steps id="path" steps={pathSteps(found.path, layer.inputs)} />
          <Products name={found.layer} terms={productsOf(found.path)} provenance={nameOf(found.settings)} />
        </>
      )}
    </section>
  );
}

function Products({
  name,
  terms,
  provenance,
}: {
  readonly name: string;
  readonly terms: readonly Term[];
  readonly provenance: string;
}) {
  const words = WORDS.path;
  const [open, setOpen] = useState(false);
  if (terms.length === 0) return null;
  const title = words.products(count(Math.min(SHOWN, terms.length)), count(terms.length));
  const table = (rows: readonly Term[]): ChartTable<Term> => ({ columns: columns(), rows });
  function save(): void {
    const text = csvOf(table(terms), { title: WORDS.chart.provenance, text: provenance });
    saveFile(`fewbit-products-${name}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }));
  }
  return (
    <div className="takeaway">
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{title}</summary>
        {open && <ChartTableView title={title} table={table(terms.slice(0, SHOWN))} />}
      </details>
      <button type="button" className="small" onClick={save}>
        {words.productsCsv(count(terms.length))}
      </button>
    </div>
  );
}
