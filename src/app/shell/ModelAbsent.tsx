/**
 * Stands on each screen while the network is not here or cannot be opened: says what the shown numbers are, and how
 * to get the network.
 */
import { BUNDLED, MODELS } from '../../contract/catalogue.ts';
import { formatLink } from '../state/link.ts';
import { shownSummary } from '../state/measurements.ts';
import { recordedHow } from '../text/provenance.ts';
import type { ScreenName } from '../names/screenNames.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { linkOf } from '../state/selectors.ts';

/** What comes with the page, seen as it is. */
const MEANWHILE = { ...BUNDLED, side: 0, layer: '' } as const;

/** Screens that show only what the lab computes of the open network. */
const EMPTY: readonly ScreenName[] = ['snap', 'clip', 'layers'];

/** Whether the lab could not open what the link asks for. */
export const isModelAbsent = ({ opened, failure }: State): boolean => opened === null && failure?.job.kind === 'open';

/** Whether a screen has nothing to show of a network that is not open. */
export const isEmptyWithout = (screen: ScreenName): boolean => EMPTY.includes(screen);

export function ModelAbsent({ state }: { readonly state: State }) {
  const words = WORDS.modelAbsent;
  const link = linkOf(state);
  const run = shownSummary(state);
  const bundled = link.model === BUNDLED.model && link.dataset === BUNDLED.dataset;
  return (
    <section className="notice model-absent" aria-labelledby="model-absent" data-testid="model-absent">
      <h2 id="model-absent">{words.title(MODELS[link.model].title)}</h2>
      {run?.recorded && <p>{words.recorded(run.recorded, recordedHow(run))}</p>}
      {state.failure?.absent && <p data-testid="absent">{state.failure.message}</p>}
      <p>{WORDS.screens[link.screen].absent}</p>
      {!bundled && (
        <p className="buttons">
          {link.screen !== 'data' && (
            <a className="button" href={formatLink({ ...link, screen: 'data' })}>
              {words.get}
            </a>
          )}
          <a className="button" href={formatLink({ ...link, ...MEANWHILE }) || '#'}>
            {words.meanwhile(MODELS[BUNDLED.model].title)}
          </a>
        </p>
      )}
    </section>
  );
}
