/** What a browser says of a page's Content-Security-Policy, and code that is none of the page's. */
import type { Page } from '@playwright/test';

export type Watched = {
  /** What the browser refused, in the page and in its workers. */
  readonly refused: readonly string[];
  /** The origins that the page, its workers and its service worker asked. */
  readonly asked: ReadonlySet<string>;
};

export function watched(page: Page): Watched {
  const [refused, asked] = [[] as string[], new Set<string>()];
  page.on('console', (message) => {
    if (/Content Security Policy|violates/.test(message.text())) refused.push(message.text());
  });
  page.context().on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http')) asked.add(origin);
  });
  return { refused, asked };
}

/** Injects a script inline, by a handler, by eval, and from elsewhere. @returns what ran, 'refused' where eval did not */
export const injected = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const marks = globalThis as unknown as Record<string, unknown>;
    const script = document.createElement('script');
    script.textContent = 'globalThis.inline = true';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="globalThis.handler = true">');
    const foreign = document.createElement('script');
    foreign.src = 'https://example.com/x.js';
    const failed = new Promise((resolve) => foreign.addEventListener('error', resolve));
    document.body.append(foreign);
    await failed;
    await new Promise((resolve) => setTimeout(resolve));
    try {
      // As injected code would: by a name that no linter knows.
      (marks['eval'] as (text: string) => void)('globalThis.evaluated = true');
    } catch {
      marks['refused'] = true;
    }
    return ['inline', 'handler', 'evaluated', 'refused'].filter((mark) => marks[mark] === true);
  });
