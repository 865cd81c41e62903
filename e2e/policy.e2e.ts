/** The page under its own Content-Security-Policy: it needs nothing that the policy refuses, and foreign code does not run. */
import { expect, test, type Page } from '@playwright/test';
import { SCREENS } from '../src/app/names/screenNames.ts';
import { CONTENT_SECURITY_POLICY } from '../src/app/offline/headers.ts';

/** What the browser refused, in the page and in its workers; and whom it asked. */
function watched(page: Page) {
  const [refused, asked] = [[] as string[], new Set<string>()];
  page.on('console', (message) => {
    if (/Content Security Policy|violates/.test(message.text())) refused.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http')) asked.add(origin);
  });
  return { refused, asked };
}

test('every screen, the threads, the race and a training keep to it, and ask no third party', async ({
  page,
  baseURL,
}) => {
  const { refused, asked } = watched(page);
  const response = await page.goto('./#backend=wasm&images=20&bits=4');
  expect(response?.headers()['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  await expect(page.getByTestId('latency-modern-4')).toBeVisible();
  for (const screen of SCREENS) {
    await page.goto(`./#backend=wasm&images=20&bits=4&screen=${screen}`);
    await expect(page.locator(`main[data-screen="${screen}"] h2`).first()).toBeVisible();
  }
  await page.goto('./#screen=staircase&backend=wasm&images=20&bits=4');
  await page.getByRole('button', { name: 'One step', exact: true }).click();
  await expect(page.getByTestId('training')).not.toHaveAttribute('data-step', '0');
  expect(refused).toEqual([]);
  expect([...asked]).toEqual([new URL(baseURL ?? '').origin]);
});

test('a script that is injected does not run: inline, by a handler, by eval, or from elsewhere', async ({ page }) => {
  const { refused } = watched(page);
  await page.goto('./');
  const ran = await page.evaluate(async () => {
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
  // Playwright's own evaluate is no eval of the page: the page's is refused.
  expect(ran).toEqual(['refused']);
  expect(refused.length).toBeGreaterThan(0);
});
