/** In the training's place where nobody knows the images' labels: why nothing can be trained, and the three ways to labels. */
import { datasetsKnownBy, datasetTitle, isKnownDataset } from '../../../contract/catalogue.ts';
import type { Opened } from '../../../contract/calls/opened.ts';
import { LearnHead } from '../../shell/LearnHead.tsx';
import { formatLink } from '../../state/link.ts';
import { linkOf } from '../../state/selectors.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';

type Props = Pick<ScreenProps, 'state' | 'dispatch' | 'lab'> & { readonly opened: Opened };

export function CannotTrain({ state, dispatch, lab, opened }: Props) {
  const words = WORDS.agreement.staircase;
  const link = linkOf(state);
  const known = datasetsKnownBy(link.model).filter(isKnownDataset);
  return (
    <div className="cannot-train" data-testid="cannot-train">
      <p className="notice">{words.cannot}</p>
      <h3>{words.learn}</h3>
      <p>{opened.against?.why}</p>
      <LearnHead state={state} dispatch={dispatch} lab={lab} />
      <h3>{words.record}</h3>
      <p>{words.recordWhat}</p>
      <p className="buttons">
        <a className="button" href={formatLink({ ...link, screen: 'classes' })}>
          {words.toClasses}
        </a>
      </p>
      <h3>{words.bring}</h3>
      {known.length === 0 && <p>{words.bringWhat(opened.dataset.classes)}</p>}
      <p className="buttons">
        {known.map((dataset) => (
          <a key={dataset} className="button" href={formatLink({ ...link, dataset, side: 0 })}>
            {WORDS.modelAbsent.unknown.choose(datasetTitle(dataset))}
          </a>
        ))}
        {known.length === 0 && (
          <a className="button" href={formatLink({ ...link, screen: 'data' })}>
            {words.toData}
          </a>
        )}
      </p>
    </div>
  );
}
