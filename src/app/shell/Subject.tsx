/** What is measured, on what, by what: the network, the images, the device. */
import { MODELS } from '../../contract/catalogue.ts';
import { count, millions } from '../text/format.ts';
import { formatLink } from '../state/link.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { hides, linkOf } from '../state/selectors.ts';

export function Subject({ state }: { readonly state: State }) {
  const { opened, link } = state;
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
              {words.testImages(count(link.images))}
            </>
          ) : (
            words.unknownYet
          )}
        </dd>
      </div>
      <div>
        <dt className="unseen">{words.computesOn}</dt>
        <dd data-testid="device" data-backend={opened?.device.backend}>
          {opened ? opened.device.description : words.unknownYet}
        </dd>
      </div>
    </dl>
  );
}

/** The way to the screen where another is chosen, unless the link hides the ways. */
function Name({ href, children }: { readonly href: string | undefined; readonly children: string }) {
  return href === undefined ? children : <a href={href}>{children}</a>;
}
