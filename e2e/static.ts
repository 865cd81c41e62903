/** A plain file server with builds in folders of their own, as a school's web space serves them, and its troubles. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { filesBelow, offlineListOf } from '../scripts/build/offline.ts';
import { ISOLATION } from '../src/app/offline/headers.ts';

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

type Files = ReadonlyMap<string, Buffer>;

/**
 * What happens to one request: the file as it is, a login page with status 200, a cut connection, a file that is gone,
 * another text in the file's place.
 */
export type Trouble = 'login' | 'cut' | 'gone' | { readonly text: string } | null;

export type StaticServer = {
  readonly address: string;
  /** Another build in the same folder: the old one's files are gone. */
  readonly deploy: (files: Files) => void;
  /** Asked for each path below the folder. */
  readonly trouble: (of: (path: string) => Trouble) => void;
  readonly close: () => void;
};

/** The build that the tests run against. */
export const thisBuild = (): Files => filesBelow('dist');

/** The same page as another version: every hashed name is another, in files and in what names them. */
export function nextBuild(files: Files): Files {
  const names = [...files.keys()].filter((path) => path.startsWith('assets/')).map((path) => path.slice(7));
  const renamed = new Map(names.map((name) => [name, name.replace(/(\.[^.]+(?:\.gz)?)$/, 'v2$1')]));
  const next = new Map<string, Buffer>();
  for (const [path, bytes] of files) {
    if (!/\.(?:html|m?js|css)$/.test(path) || path === 'sw.js' || path === 'rescue.js') {
      next.set(path.startsWith('assets/') ? `assets/${renamed.get(path.slice(7))}` : path, bytes);
      continue;
    }
    let text = bytes.toString();
    for (const [from, to] of renamed) text = text.replaceAll(from, to);
    next.set(path.startsWith('assets/') ? `assets/${renamed.get(path.slice(7))}` : path, Buffer.from(text));
  }
  next.set('offline.json', Buffer.from(offlineListOf(next)));
  return next;
}

/**
 * @param isolated whether it sends COOP and COEP, which many hosts cannot
 * @param folder where the build lies, with slashes around it
 */
export async function serveBuild({
  isolated,
  folder = FOLDER,
  also = [],
}: {
  readonly isolated: boolean;
  readonly folder?: string;
  /** The same build in further folders. */
  readonly also?: readonly string[];
}): Promise<StaticServer> {
  let files = thisBuild();
  let troubleOf: (path: string) => Trouble = () => null;
  const folders = [folder, ...also];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const below = folders.filter((one) => pathname.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    const path = below === undefined ? '' : decodeURIComponent(pathname.slice(below.length)) || 'index.html';
    const trouble = troubleOf(path);
    if (trouble === 'cut') return void response.destroy();
    if (trouble === 'login')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
    const body = trouble === 'gone' ? undefined : (trouble?.text ?? files.get(path));
    if (body === undefined) return void response.writeHead(404).end();
    response
      .writeHead(200, {
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        ...(isolated ? ISOLATION : {}),
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://localhost:${port}${folder}`,
    deploy: (next) => void (files = next),
    trouble: (of) => void (troubleOf = of),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
