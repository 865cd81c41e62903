/** A plain file server with the build in a folder of its own, as a school's web space would serve it. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { ISOLATION } from '../vite.config.ts';

const DIST = 'dist';
const FOLDER = '/some/folder/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export type StaticServer = { readonly address: string; readonly close: () => void };

/** @param isolated whether it sends COOP and COEP, which many hosts cannot */
export async function serveBuild({ isolated }: { readonly isolated: boolean }): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    try {
      if (!pathname.startsWith(FOLDER)) throw new Error(`${pathname} is outside ${FOLDER}`);
      const file = pathname.slice(FOLDER.length) || 'index.html';
      const body = readFileSync(join(DIST, decodeURIComponent(file)));
      response
        .writeHead(200, {
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          ...(isolated ? ISOLATION : {}),
        })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://localhost:${port}${FOLDER}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
