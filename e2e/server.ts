/** A local server that stands in for the internet: it speaks Range, ETag and CORS, and breaks when told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong, at byte `at` of the file where there is one. */
export type Fault =
  | { readonly kind: 'cut' | 'stall' | 'flip'; readonly at: number }
  | { readonly kind: 'status'; readonly code: number }
  | { readonly kind: 'page' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

export type FaultServer = {
  /** Ends in a slash. */
  readonly url: string;
  /** The next `times` requests for a file go wrong; for ever by default. */
  readonly breakNext: (fault: Fault, times?: number) => void;
  readonly mend: () => void;
  /** The file is another one from now on: its ETag changes. */
  readonly replace: (path: string, bytes: Uint8Array) => void;
  /** "GET /file bytes=0-" for each request since the last look. */
  readonly takeLog: () => string[];
  readonly close: () => Promise<void>;
};

const PIECE = 64 * 1024;

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Range, If-Range',
  'Access-Control-Expose-Headers': 'ETag, Content-Range, Accept-Ranges',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until there is room again, or nobody is listening any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });

/** Sends file bytes start .. end - 1, with the fault where it belongs. */
async function send(
  response: ServerResponse,
  file: Uint8Array,
  start: number,
  end: number,
  fault: Fault | null,
): Promise<void> {
  for (let at = start; at < end && !response.destroyed;) {
    const breaks = fault && 'at' in fault && fault.at >= at ? fault.at : Infinity;
    const next = Math.min(end, at + PIECE, fault?.kind === 'flip' ? Infinity : Math.max(at, breaks));
    if (next === at) {
      if (fault?.kind === 'cut') response.destroy();
      return; // A stall: the connection stays open and silent.
    }
    let piece = file.subarray(at, next);
    if (fault?.kind === 'flip' && fault.at >= at && fault.at < next) {
      piece = piece.slice();
      piece[fault.at - at] ^= 1;
    }
    if (!response.write(piece)) await drained(response);
    if (fault?.kind === 'slow') await sleep(((next - at) / fault.bytesPerSecond) * 1000);
    at = next;
  }
  if (!response.destroyed) response.end();
}

/** @param files by path, without the leading slash */
export async function startFaultServer(files: Readonly<Record<string, Uint8Array>>): Promise<FaultServer> {
  const served = new Map(Object.entries(files));
  const versions = new Map<string, number>();
  let fault: Fault | null = null;
  let times = 0;
  const log: string[] = [];

  async function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    const path = decodeURIComponent(new URL(url, 'http://x').pathname).slice(1);
    log.push(`${method} /${path}${headers.range ? ` ${headers.range}` : ''}${headers['if-range'] ? ' if-range' : ''}`);
    const file = served.get(path);
    if (!file) return void response.writeHead(404, CORS).end();
    const broken = times > 0 ? fault : null;
    if (broken) times--;
    if (broken?.kind === 'status') return void response.writeHead(broken.code, CORS).end();
    if (broken?.kind === 'page')
      return void response
        .writeHead(200, { ...CORS, 'Content-Type': 'text/html' })
        .end('<!doctype html><title>Log in</title>');

    const etag = `"${path}-${versions.get(path) ?? 1}"`;
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    const sameVersion = headers['if-range'] === undefined || headers['if-range'] === etag;
    const partial = range !== null && sameVersion;
    const start = partial ? Number(range[1]) : 0;
    const end = partial && range[2] ? Math.min(Number(range[2]) + 1, file.length) : file.length;
    const length = broken?.kind === 'length' ? broken.bytes : end - start;
    response.writeHead(partial ? 206 : 200, {
      ...CORS,
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Content-Type': 'application/octet-stream',
      'Content-Length': length,
      ...(partial ? { 'Content-Range': `bytes ${start}-${end - 1}/${file.length}` } : {}),
    });
    if (method === 'HEAD') return void response.end();
    await send(response, file, start, Math.min(end, start + length), broken);
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    breakNext: (next, count = Infinity) => ([fault, times] = [next, count]),
    mend: () => (times = 0),
    replace: (path, bytes) => {
      served.set(path, bytes);
      versions.set(path, (versions.get(path) ?? 1) + 1);
    },
    takeLog: () => log.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
