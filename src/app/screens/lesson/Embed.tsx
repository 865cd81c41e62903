/** A snippet that shows one screen in another page: a course, slides. */
import { useState } from 'react';
import { SCREENS, type ScreenName } from '../../names/screenNames.ts';
import { formatLink, type Link } from '../../state/link.ts';
import { WORDS } from '../../words/words.ts';

/** Screens that stand by themselves in a frame. */
const FRAMED = SCREENS.filter((screen) => screen !== 'lesson');

/** @param page where this page is served */
export function snippetOf(page: string, link: Link, screen: ScreenName): string {
  const shown = formatLink({ ...link, screen, lesson: 0, hide: ['navigation', 'view', 'files'] });
  return WORDS.lesson.embed.snippet(`${page}${shown}`.replaceAll('&', '&amp;'), WORDS.screens[screen].title);
}

export function Embed({ link }: { readonly link: Link }) {
  const words = WORDS.lesson.embed;
  const [screen, setScreen] = useState<ScreenName>('bill');
  const [said, setSaid] = useState('');
  const snippet = snippetOf(location.href.split('#')[0], link, screen);
  const copy = (): void =>
    void navigator.clipboard.writeText(snippet).then(
      () => setSaid(words.copied),
      () => setSaid(words.failed),
    );
  return (
    <section className="embed" aria-labelledby="embed">
      <h2 id="embed">{words.title}</h2>
      <p>{words.what}</p>
      <p className="buttons">
        <label>
          {words.screen}{' '}
          <select
            value={screen}
            onChange={({ target }) => setScreen(FRAMED.find((name) => name === target.value) ?? 'bill')}
            data-testid="embed-screen"
          >
            {FRAMED.map((name) => (
              <option key={name} value={name}>
                {WORDS.screens[name].title}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={copy}>
          {words.copy}
        </button>
      </p>
      <textarea readOnly rows={4} aria-label={words.code} value={snippet} data-testid="snippet" />
      <p role="status">{said}</p>
    </section>
  );
}
