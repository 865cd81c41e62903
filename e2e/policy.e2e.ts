/** The page under its own Content-Security-Policy: it needs nothing that the policy refuses, and foreign code does not run. */
import { expect, test } from '@playwright/test';
import { SCREENS } from '../src/app/names/screenNames.ts';
import { CONTENT_SECURITY_POLICY } from '../src/app/offline/headers.ts';
import { injected, watched } from './policy.ts';

test('every screen, the threads, the race and a training keep to it, and ask no third party', async ({
  page,
  baseURL,
}) => {
  const { refused, asked } = watched(page);
  const response = await page.goto('./#backend=wasm&images=20&calibration=32&bits=4');
  expect(response?.headers()['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  await expect(page.getByTestId('latency-modern-4')).toBeVisible();
  for (const screen of SCREENS) {
    await page.goto(`./#backend=wasm&images=20&calibration=32&bits=4&screen=${screen}`);
    await expect(page.locator(`main[data-screen="${screen}"] h2`).first()).toBeVisible();
  }
  await page.goto('./#screen=staircase&backend=wasm&images=20&calibration=32&bits=4');
  await page.getByRole('button', { name: 'One step', exact: true }).click();
  await expect(page.getByTestId('training')).not.toHaveAttribute('data-step', '0');
  expect(refused).toEqual([]);
  expect([...asked]).toEqual([new URL(baseURL ?? '').origin]);
});

test('a script that is injected does not run: inline, by a handler, by eval, or from elsewhere', async ({ page }) => {
  const { refused } = watched(page);
  await page.goto('./');
  // Playwright's own evaluate is no eval of the page: the page's is refused.
  expect(await injected(page)).toEqual(['refused']);
  expect(refused.length).toBeGreaterThan(0);
});
