/** The build as files: small to open, and at home under any path. */
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ISOLATION } from '../vite.config.ts';

const DIST = 'dist';
const FOLDER = '/some/folder/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** A plain file server with the build in a folder of its own. */
function serveBuild(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    try {
      if (!pathname.startsWith(FOLDER)) throw new Error(`${pathname} is outside ${FOLDER}`);
      const file = pathname.slice(FOLDER.length) || 'index.html';
      const body = readFileSync(join(DIST, decodeURIComponent(file)));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...ISOLATION }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
}

test('the first load is under 200 kB of compressed JavaScript', () => {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file);
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.map((file) => gzipSync(readFileSync(join(DIST, file))).length).reduce((a, b) => a + b);
  expect(bytes).toBeLessThan(200_000);
});

test('a copy of the build works under any path', async ({ page }) => {
  const server = serveBuild();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://localhost:${port}${FOLDER}?backend=wasm&images=50`);
    await expect(page.getByTestId('latency-modern-8')).toBeVisible();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
