/** One pretrained network: whether its weights are here, and how they can be had. */
import { OWN_CLASSES } from '../../../contract/catalogue.ts';
import type { WeightsStatus } from '../../../contract/calls/data.ts';
import { WORDS } from '../../words/words.ts';
import { keptIn, sizeOrNull } from '../DatasetRow.tsx';
import type { DatasetsStore, DatasetsState } from '../datasetsStore.ts';
import { ImportButtons, Transfer } from '../Transfer.tsx';
import { formatSize } from '../transfer.ts';
import { WeightsAbout } from './WeightsAbout.tsx';

type Props = { readonly store: DatasetsStore; readonly weights: WeightsStatus; readonly state: DatasetsState };

const words = WORDS.data;

function stateOf({ state, from, doneBytes, totalBytes, storage }: WeightsStatus): string {
  if (state === 'ready') return words.weightsReady(from, formatSize(doneBytes), keptIn(storage));
  return state === 'absent' ? words.absent : words.interrupted(formatSize(doneBytes), sizeOrNull(totalBytes));
}

/** How what only its user has comes here. */
function missingSaid(model: string): string {
  if (model === OWN_CLASSES.model) return words.madeOnClasses;
  return words.bringIt[model === 'own' ? 'own' : 'quantized'];
}

export function WeightsRow({ store, weights, state }: Props) {
  const { name, title, source } = weights;
  /** "your network", in the middle of a sentence. */
  const called = source ? title : title.charAt(0).toLowerCase() + title.slice(1);
  const importing = state.importing?.name === name ? state.importing : null;
  return (
    <li className="dataset" data-testid={name} data-state={importing ? 'importing' : weights.state}>
      <h3>{title}</h3>
      <p>{importing ? words.importing : stateOf(weights)}</p>
      {importing && <Transfer importing={importing} />}
      {weights.state === 'ready' && (
        <p className="soft">{weights.verified === 'published' ? words.sameFile : words.ownFile}</p>
      )}
      {weights.state === 'ready' && !importing && weights.model !== OWN_CLASSES.model && (
        <WeightsAbout store={store} weights={weights} changes={state.changes} />
      )}
      <p className="actions">
        {importing && <ImportButtons store={store} />}
        {source && weights.state !== 'ready' && !state.importing && (
          <button type="button" onClick={() => void store.start(name, { kind: 'source', id: name })}>
            {(weights.state === 'partial' ? words.goOnWith : words.download)(title, sizeOrNull(source.bytes))}
          </button>
        )}
        {weights.state === 'ready' && !importing && (
          <button type="button" onClick={() => void store.check(name)}>
            {words.check(called)}
          </button>
        )}
        {weights.state !== 'absent' && !state.importing && (
          <button type="button" onClick={() => void store.remove(name)}>
            {words.remove(called)}
          </button>
        )}
      </p>
      {!source && weights.state !== 'ready' && <p className="soft">{missingSaid(weights.model)}</p>}
      {source && weights.state !== 'ready' && (
        <p className="soft">
          <a href={source.url} rel="noreferrer">
            {source.title}
          </a>
          , {source.licence}. {words.published}
        </p>
      )}
    </li>
  );
}
