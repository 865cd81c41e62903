/** The build as files: small to open, and at home under any path. */
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { serveBuild } from './static.ts';

const DIST = 'dist';

test('the first load is under 200 kB of compressed JavaScript', () => {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file);
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.map((file) => gzipSync(readFileSync(join(DIST, file))).length).reduce((a, b) => a + b);
  expect(bytes).toBeLessThan(200_000);
});

test('the licences of all packages that the page is built from are in the build, and linked from it', async ({
  page,
}) => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const text = readFileSync(join(DIST, 'licences.txt'), 'utf8');
  for (const [name, version] of Object.entries(dependencies)) expect(text, name).toContain(`\n${name} ${version}\n`);
  expect(text.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(5);
  expect(text).toContain('Apache License');
  await page.goto('./');
  const link = page.getByRole('link', { name: 'Licences of the packages' });
  await expect(link).toBeVisible();
  expect((await page.request.get(new URL((await link.getAttribute('href')) ?? '', page.url()).href)).ok()).toBe(true);
});

test('a copy of the build works under any path', async ({ page }) => {
  const server = await serveBuild({ isolated: true });
  try {
    await page.goto(`${server.address}?backend=wasm&images=50`);
    await expect(page.getByTestId('latency-modern-8')).toBeVisible();
  } finally {
    server.close();
  }
});
