/** What ran inside the race: of our engine each layer's kernel and time, file beside file; of ONNX Runtime its operators. */
import type { RaceRow } from '../../../contract/calls/race.ts';
import { isFewbitLane } from '../../../contract/engines.ts';
import { contenderId } from '../../state/contenders.ts';
import { milliseconds } from '../../text/format.ts';
import { contenderName } from '../../text/names.ts';
import { WORDS } from '../../words/words.ts';

const rowId = (row: RaceRow): string => `${row.lane}-${row.batch}-${contenderId(row)}`;

/** @param rows of one lane of our engine and one batch size */
export function LayerTable({ rows }: { readonly rows: readonly RaceRow[] }) {
  const words = WORDS.race;
  const [{ lane, batch }] = rows;
  const title = words.layers(words.lane[lane]);
  // Layers without weights have nothing to choose: together they are one line.
  const layers = rows[0].operators.filter(({ provider }) => provider !== 'pointwise').map(({ operator }) => operator);
  const rest = (row: RaceRow): number =>
    row.operators.reduce((sum, { provider, ms }) => sum + (provider === 'pointwise' ? ms : 0), 0);
  return (
    <details className="operators">
      <summary>{title}</summary>
      <p>{words.layersHint}</p>
      <div className="scroll" role="region" aria-label={title} tabIndex={0}>
        <table data-testid={`race-layers-${lane}-${batch}`}>
          <thead>
            <tr>
              <th scope="col">{words.layer}</th>
              {rows.map((row) => (
                <th key={rowId(row)} scope="col">
                  {contenderName(row)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map((layer) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {rows.map((row) => {
                  const ran = row.operators.find(({ operator }) => operator === layer);
                  return <td key={rowId(row)}>{ran && words.layerTime(milliseconds(ran.ms), ran.provider)}</td>;
                })}
              </tr>
            ))}
            <tr>
              <th scope="row">{words.rest}</th>
              {rows.map((row) => (
                <td key={rowId(row)}>{milliseconds(rest(row))}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** @param rows of other engines than ours */
export function OperatorTable({ rows }: { readonly rows: readonly RaceRow[] }) {
  const words = WORDS.race;
  const { operatorColumns: columns } = words;
  return (
    <details className="operators">
      <summary>{words.operators}</summary>
      <p>{words.operatorsHint}</p>
      <div className="scroll" role="region" aria-label={words.operators} tabIndex={0}>
        <table data-testid="race-operators">
          <thead>
            <tr>
              {Object.values(columns).map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.flatMap((row) =>
              row.operators.map(({ operator, provider, count, ms }) => (
                <tr key={`${rowId(row)}-${operator}-${provider}`}>
                  <th scope="row">{contenderName(row)}</th>
                  <td>{`${words.lane[row.lane]}, ${row.batch}`}</td>
                  <td>{operator}</td>
                  <td>{words.provider(provider)}</td>
                  <td>{count}</td>
                  <td>{milliseconds(ms)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The tables of a race: one for each lane of ours, and one for all others. */
export function OperatorTables({ groups }: { readonly groups: readonly (readonly RaceRow[])[] }) {
  const isOwn = ([{ lane }]: readonly RaceRow[]): boolean => isFewbitLane(lane);
  const others = groups.filter((group) => !isOwn(group)).flat();
  return (
    <>
      {groups.filter(isOwn).map((group) => (
        <LayerTable key={`${group[0].lane}-${group[0].batch}`} rows={group} />
      ))}
      {others.length > 0 && <OperatorTable rows={others} />}
    </>
  );
}
