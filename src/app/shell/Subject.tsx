/** What is measured, on what, by what: the network, the images, the device. */
import { datasetTitle, MODELS } from '../../contract/catalogue.ts';
import { isModelAbsent } from './ModelAbsent.tsx';
import { count, millions } from '../text/format.ts';
import { formatLink } from '../state/link.ts';
import type { State } from '../state/state.ts';
import { offeredImages } from '../pace/testImages.ts';
import type { Action } from '../state/reducer.ts';
import { WORDS } from '../words/words.ts';
import { hides, linkOf } from '../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

export function Subject({ state, dispatch }: Props) {
  const { opened, link } = state;
  // What is not here is not on its way: the screen says what is missing, and where it is.
  const failed = isModelAbsent(state);
  const words = WORDS.shell;
  const change = hides(state, 'navigation') ? undefined : formatLink({ ...linkOf(state), screen: 'data' });
  return (
    <dl className="measured">
      <div>
        <dt className="unseen">{words.network}</dt>
        <dd data-testid="model" title={opened ? words.multiplyAdds(millions(opened.model.macs)) : undefined}>
          {opened ? (
            <>
              <Name href={change}>{opened.model.name}</Name>
              {words.parameters(millions(opened.model.parameters))}
            </>
          ) : (
            <Name href={change}>{MODELS[link.model].title}</Name>
          )}
        </dd>
      </div>
      <div>
        <dt className="unseen">{words.images}</dt>
        <dd data-testid="dataset" title={words.untrained}>
          {opened ? (
            <>
              <Name href={change}>{opened.dataset.name}</Name>
              <TestImages there={opened.dataset.testImages} chosen={link.images} dispatch={dispatch} />
            </>
          ) : failed ? (
            <Name href={change}>{datasetTitle(link.dataset)}</Name>
          ) : (
            words.unknownYet
          )}
        </dd>
      </div>
      <div>
        <dt className="unseen">{words.computesOn}</dt>
        <dd data-testid="device" data-backend={opened?.device.backend}>
          {opened ? opened.device.description : failed ? words.nothingOpen : words.unknownYet}
        </dd>
      </div>
    </dl>
  );
}

type TestImagesProps = Pick<Props, 'dispatch'> & { readonly there: number; readonly chosen: number };

/** How many test images are measured: the text is the control. */
function TestImages({ there, chosen, dispatch }: TestImagesProps) {
  const words = WORDS.shell;
  return (
    <label className="test-images" title={words.chooseImages}>
      <span>{words.testImages(count(chosen))}</span>
      <span aria-hidden="true"> ▾</span>
      <select
        aria-label={words.chooseImages}
        value={chosen}
        onChange={({ target }) => dispatch({ kind: 'testImages', images: Number(target.value) })}
        data-testid="test-images"
      >
        {offeredImages(there, chosen).map((images) => (
          <option key={images} value={images}>
            {count(images)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The way to the screen where another is chosen, unless the link hides the ways. */
function Name({ href, children }: { readonly href: string | undefined; readonly children: string }) {
  return href === undefined ? children : <a href={href}>{children}</a>;
}
