/** The page out of its stored copy, with no network at all: the policy is in force there, too, and nobody else is asked. */
import { expect, test } from '@playwright/test';
import { SCREENS } from '../src/app/names/screenNames.ts';
import { CONTENT_SECURITY_POLICY } from '../src/app/offline/headers.ts';
import { injected, watched } from './policy.ts';
import { serveBuild } from './static.ts';

test.use({ serviceWorkers: 'allow' });

const LINK = '#backend=wasm&images=20&calibration=32&bits=4';

test('offline, every screen and a training keep to the policy, no injected script runs, and no third party is asked', async ({
  page,
}) => {
  const { refused, asked } = watched(page);
  // A host that can send no headers: those are the service worker's.
  const server = await serveBuild({ isolated: false });
  const { address } = server;
  try {
    await page.goto(`${address}${LINK}`);
    await page.waitForFunction(() => crossOriginIsolated);
    await page.getByRole('button', { name: 'Prepare for offline' }).click();
    await page.getByRole('button', { name: 'Store them' }).click();
    await expect(page.getByTestId('offline')).toContainText('Ready: this page opens without a network.');
  } finally {
    server.close();
  }
  const response = await page.reload();
  expect(response?.fromServiceWorker()).toBe(true);
  expect(response?.headers()['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveCount(1);
  await expect(page.getByTestId('latency-modern-4')).toBeVisible();
  for (const screen of SCREENS) {
    await page.goto(`${address}${LINK}&screen=${screen}`);
    await expect(page.locator(`main[data-screen="${screen}"] h2`).first()).toBeVisible();
  }
  await page.goto(`${address}${LINK}&screen=staircase`);
  await page.getByRole('button', { name: 'One step', exact: true }).click();
  await expect(page.getByTestId('training')).not.toHaveAttribute('data-step', '0');
  expect(refused).toEqual([]);
  expect([...asked]).toEqual([new URL(address).origin]);

  expect(await injected(page)).toEqual(['refused']);
  expect(refused.length).toBeGreaterThan(0);
});
