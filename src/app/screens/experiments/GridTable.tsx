/** One model on one dataset: each bitwidth's cells beside the published figures. */
import { Fragment } from 'react';
import { datasetTitle, modelTitle } from '../../../contract/catalogue.ts';
import type { Cell, GridRecord, GridRow } from '../../../contract/grid/grid.ts';
import { published } from '../../../contract/grid/published2021.ts';
import { wilson95 } from '../../../contract/wilson.ts';
import type { Bits } from '../../../quant/types.ts';
import { count, kilobytes, milliseconds, percent, points } from '../../text/format.ts';
import { spoken } from '../../words/spoken.ts';
import { WORDS } from '../../words/words.ts';
import { cellId, fewerImages, rowOf, type WorkloadCells } from './cells.ts';
import { WIDTHS } from '../../state/choice.ts';

type Props = {
  readonly workload: WorkloadCells;
  readonly records: ReadonlyMap<string, GridRecord>;
  readonly running: Cell | null;
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
};

const METHODS = ['ptq', 'qat'] as const;

export function GridTable({ workload, records, running, chosen, onChoose }: Props) {
  const words = WORDS.experiments;
  const { model, dataset, cells } = workload;
  const name = words.table(modelTitle(model), datasetTitle(dataset));
  const widths = [32, ...WIDTHS].filter((bits) =>
    ['float32', ...METHODS].some((method) => cells.has(cellId(method, bits))),
  );
  const quantized = METHODS.filter((method) => WIDTHS.some((bits) => cells.has(cellId(method, bits))));
  const methods = quantized.length > 0 ? quantized : METHODS.slice(0, 1);
  const cellOf = (method: string, bits: number): Cell | undefined =>
    cells.get(cellId(bits === 32 ? 'float32' : method, bits));
  const fewer = fewerImages(workload, records);
  const shown = { records, running, chosen, onChoose };
  const measured = [...cells.values()].flatMap((cell) => rowOf(cell, records) ?? []);
  const agreeing = measured.filter(({ against }) => against);
  // What was published are accuracies, which agreement is not compared with.
  const isAgreement = agreeing.length > 0 && agreeing.length === measured.length;
  const wasPublished = !isAgreement && published(model, dataset, 'float32', 32) !== null;
  return (
    <div className="grid-table">
      <table data-testid={`grid-${model}-${dataset}`}>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th scope="col">{words.columns.bits}</th>
            {methods.map((method) => (
              <Fragment key={method}>
                {wasPublished && <th scope="col">{`${method.toUpperCase()} ${words.columns.then}`}</th>}
                <th scope="col">{`${method.toUpperCase()} ${words.columns.here}`}</th>
                {wasPublished && <th scope="col">{words.columns.difference}</th>}
              </Fragment>
            ))}
            <th scope="col">{words.columns.size}</th>
            <th scope="col">{words.columns.time}</th>
          </tr>
        </thead>
        <tbody>
          {widths.map((bits) => {
            const rows = methods.map((method) => rowOf(cellOf(method, bits), records)).filter((row) => row !== null);
            return (
              <tr key={bits} className={bits === 32 ? 'float32' : ''}>
                <th scope="row">{bits}</th>
                {methods.map((method) => {
                  const then = published(model, dataset, bits === 32 ? 'float32' : method, bits as Bits);
                  const cell = cellOf(method, bits);
                  const row = rowOf(cell, records);
                  return (
                    <Fragment key={method}>
                      {wasPublished && <td>{then === null ? words.waiting : percent(then)}</td>}
                      <td>{cell ? <CellButton cell={cell} {...shown} /> : words.waiting}</td>
                      {wasPublished && (
                        <td>
                          {row && !row.against && then !== null ? (
                            <Difference value={row.top1 - then} />
                          ) : (
                            words.waiting
                          )}
                        </td>
                      )}
                    </Fragment>
                  );
                })}
                <td>{rows.length > 0 ? kilobytes(rows[0].sizeBytes) : words.waiting}</td>
                <td>{timeOf(rows)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {agreeing.length > 0 && (
        <p className="note" data-testid="grid-agreement">
          {WORDS.agreement.grid}
        </p>
      )}
      {fewer && <p className="note">{words.fewer(orNull(fewer.test), orNull(fewer.calibration))}</p>}
    </div>
  );
}

const orNull = (images: number | null): string | null => (images === null ? null : count(images));

function timeOf(rows: readonly GridRow[]): string {
  const timed = rows.find(({ latency }) => latency !== undefined)?.latency;
  return timed ? milliseconds(timed.msPerImage) : WORDS.experiments.waiting;
}

/** A sign and an arrow, so that colour is not alone. */
function Difference({ value }: { readonly value: number }) {
  return <span className={value < 0 ? 'below' : 'above'}>{`${value < 0 ? '▼' : '▲'} ${points(value)}`}</span>;
}

type CellProps = Omit<Props, 'workload'> & { readonly cell: Cell };

function CellButton({ cell, records, running, chosen, onChoose }: CellProps) {
  const words = WORDS.experiments;
  const record = records.get(cell.key);
  if (running?.key === cell.key) return <span className="pending">{words.running}</span>;
  if (!record) return <>{words.waiting}</>;
  const row = rowOf(cell, records);
  if (!row)
    return (
      <span className="failed" title={'error' in record ? record.error : ''}>
        {words.error}
      </span>
    );
  const { low, high } = wilson95(row.top1, row.images);
  const what = describeCell(cell);
  const share = spoken(row.against).experiments.share(percent(row.top1));
  return (
    <button
      type="button"
      className="grid-cell"
      aria-pressed={chosen === cell.key}
      aria-label={`${words.open(what)}, ${share}`}
      title={words.interval(percent(low), percent(high))}
      onClick={() => onChoose(cell.key)}
    >
      {share}
    </button>
  );
}

/** "ResNet-20 on CIFAR-10, QAT at 4 bits". */
export function describeCell({ settings: { model, dataset, method, scheme } }: Cell): string {
  const words = WORDS.experiments;
  const name = words.table(modelTitle(model), datasetTitle(dataset));
  return `${name}, ${scheme ? words.methodAt(method.toUpperCase(), scheme.weightBits) : words.methodNames.float32}`;
}
