/** What a file of weights holds, said before it is measured: the network, how its pixels are scaled and why, its layers. */
import { useEffect, useState } from 'react';
import { NORMALIZATION_NAMES, type WeightsDescription, type WeightsStatus } from '../../../contract/calls/data.ts';
import { WORDS } from '../../words/words.ts';
import type { DatasetsStore } from '../datasetsStore.ts';

type Props = { readonly store: DatasetsStore; readonly weights: WeightsStatus; readonly changes: number };

const words = WORDS.data.about;

/** A published file is described when that is asked for: to describe it all of it is read. */
export function WeightsAbout(props: Props) {
  const [open, setOpen] = useState(props.weights.source === null);
  if (!open)
    return (
      <p>
        <button type="button" onClick={() => setOpen(true)}>
          {words.show(props.weights.title)}
        </button>
      </p>
    );
  return <Said {...props} />;
}

function Said({ store, weights, changes }: Props) {
  const [said, setSaid] = useState<WeightsDescription | string | null>(null);
  const { name, from } = weights;
  const { datasets } = store;

  useEffect(() => {
    let wanted = true;
    datasets.call('weights', { name }).then(
      (description) => wanted && setSaid(description),
      (error: unknown) => wanted && setSaid(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [datasets, name, from, changes]);

  if (said === null) return <p className="soft">{words.reading}</p>;
  if (typeof said === 'string')
    return (
      <p className="notice" role="alert">
        {said}
      </p>
    );
  const { architecture, inputSize, classes, namesClasses, bits, layers, notes } = said;
  return (
    <div className="about" data-testid={`about-${name}`}>
      <p>{words.holds(architecture, bits, layers.length, classes, inputSize)}</p>
      {!namesClasses && <p>{words.unnamed}</p>}
      <Scaling store={store} name={name} normalization={said.normalization} />
      {notes.length > 0 && (
        <ul className="warnings">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Layers layers={layers} />
    </div>
  );
}

type ScalingProps = {
  readonly store: DatasetsStore;
  readonly name: string;
  readonly normalization: WeightsDescription['normalization'];
};

/** What a file says itself cannot be chosen otherwise. */
const OPEN: readonly WeightsDescription['normalization']['reason'][] = ['chosen', 'assumed', 'convention'];

function Scaling({ store, name, normalization: { mean, std, reason, name: chosen } }: ScalingProps) {
  const list = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(4))).join(', ');
  return (
    <>
      <p className={reason === 'assumed' ? 'notice' : undefined} data-testid={`normalization-${name}`}>
        {words.normalization(list(mean), list(std), words.reasons[reason])}
      </p>
      {OPEN.includes(reason) && (
        <label>
          {words.choose}{' '}
          <select
            value={chosen ?? ''}
            onChange={({ target }) => {
              const wanted = NORMALIZATION_NAMES.find((each) => each === target.value);
              if (wanted) void store.normalize(name, wanted);
            }}
          >
            {!chosen && <option value="">{words.notChosen}</option>}
            {NORMALIZATION_NAMES.map((each) => (
              <option key={each} value={each}>
                {WORDS.data.normalizations[each]}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

function Layers({ layers }: Pick<WeightsDescription, 'layers'>) {
  return (
    <details>
      <summary>{words.layers(layers.length)}</summary>
      <table className="sheet">
        <thead>
          <tr>
            <th scope="col">{words.here}</th>
            <th scope="col">{words.inFile}</th>
            <th scope="col">{words.kind}</th>
          </tr>
        </thead>
        <tbody>
          {layers.map(({ name, fileName, kind }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{fileName}</td>
              <td>{words.kinds[kind] ?? kind}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
