/**
 * Stands on each screen while the network is not here, cannot be opened, or does not know the images: says what the
 * shown numbers are, what is missing, and the ways on.
 */
import {
  BUNDLED,
  datasetsKnownBy,
  datasetTitle,
  isKnownDataset,
  MODELS,
  OWN_CLASSES,
} from '../../contract/catalogue.ts';
import type { Lab } from '../../lab/rpc/client.ts';
import { formatLink } from '../state/link.ts';
import { shownSummary } from '../state/measurements.ts';
import { recordedHow } from '../text/provenance.ts';
import type { Action } from '../state/reducer.ts';
import type { ScreenName } from '../names/screenNames.ts';
import type { State } from '../state/state.ts';
import { spoken } from '../words/spoken.ts';
import { WORDS } from '../words/words.ts';
import { linkOf } from '../state/selectors.ts';
import { LearnHead } from './LearnHead.tsx';
import { WhatIsMissing } from './WhatIsMissing.tsx';

/** What comes with the page, seen as it is. */
const MEANWHILE = { ...BUNDLED, side: 0, layer: '' } as const;

/** Screens that show only what the lab computes of the open network. */
const EMPTY: readonly ScreenName[] = ['snap', 'clip', 'layers'];

/** Whether the lab could not open what the link asks for. */
export const isModelAbsent = ({ opened, failure }: State): boolean => opened === null && failure?.job.kind === 'open';

/** Whether a screen has nothing to show of a network that is not open. */
export const isEmptyWithout = (screen: ScreenName): boolean => EMPTY.includes(screen);

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

export function ModelAbsent({ state, dispatch, lab }: Props) {
  const words = WORDS.modelAbsent;
  const link = linkOf(state);
  const run = shownSummary(state);
  const bundled = link.model === BUNDLED.model && link.dataset === BUNDLED.dataset;
  const unknown = state.failure?.unknownClasses === true;
  const network = MODELS[link.model].title;
  const knows = datasetsKnownBy(link.model);
  return (
    <section className="notice model-absent" aria-labelledby="model-absent" data-testid="model-absent">
      <h2 id="model-absent">
        {unknown ? words.unknown.title(network, datasetTitle(link.dataset)) : words.title(network)}
      </h2>
      {run?.recorded && <p>{spoken(run.settings.against).modelAbsent.recorded(run.recorded, recordedHow(run))}</p>}
      {state.failure?.absent && <p data-testid="absent">{state.failure.message}</p>}
      {unknown && <p>{state.failure?.message}</p>}
      {state.failure?.absent && <WhatIsMissing link={link} />}
      {unknown && <LearnHead state={state} dispatch={dispatch} lab={lab} />}
      {!unknown && <p>{WORDS.screens[link.screen].absent}</p>}
      {!bundled && (
        <p className="buttons">
          {link.model === OWN_CLASSES.model && link.screen !== 'classes' && (
            <a className="button" href={formatLink({ ...link, screen: 'classes' })}>
              {words.ownClasses}
            </a>
          )}
          {unknown &&
            knows.filter(isKnownDataset).map((dataset) => (
              <a key={dataset} className="button" href={formatLink({ ...link, dataset, side: 0 })}>
                {words.unknown.choose(datasetTitle(dataset))}
              </a>
            ))}
          <a className="button" href={formatLink({ ...link, ...MEANWHILE }) || '#'}>
            {words.meanwhile(MODELS[BUNDLED.model].title)}
          </a>
        </p>
      )}
    </section>
  );
}
