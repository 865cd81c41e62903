/** The way from screen to screen: each is a link, so that it can be opened, copied and gone back from. */
import { formatLink } from './link.ts';
import { SCREENS } from './screens/names.ts';
import { REGISTRY } from './screens/registry.ts';
import { linkOf, type State } from './state.ts';

export function Navigation({ state }: { readonly state: State }) {
  return (
    <nav className="screens" aria-label="Screens">
      {SCREENS.map((screen) => (
        <a key={screen} href={formatLink({ ...linkOf(state), screen }) || '#'} aria-current={screen === state.link.screen ? 'page' : undefined}>
          {REGISTRY[screen].title}
        </a>
      ))}
    </nav>
  );
}
