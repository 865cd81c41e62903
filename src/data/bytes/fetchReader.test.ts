import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchReader } from './fetchReader.ts';
import type { FetchProgress } from './fetchReader.ts';
import { gunzip } from './gzip.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) >> 3);

const answers: Record<string, RequestListener> = {
  '/data/a.bin': (_, response) => response.setHeader('content-length', content.length).end(content),
  '/data/encoded.gz': (_, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(content));
  },
  '/data/start-page.bin': (_, response) =>
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html>'),
  '/data/hangs-up.bin': (_, response) => {
    response.setHeader('content-length', content.length);
    response.write(content.subarray(0, 1000), () => response.destroy());
  },
};

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404, 'Not Found').end('no such file');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('fetchReader', () => {
  test('reads a file and reports its progress up to the end', async () => {
    const progress: FetchProgress[] = [];
    const bytes = await fetchReader(base, { onProgress: (step) => progress.push(step) })('a.bin');
    expect(Buffer.compare(bytes, content)).toBe(0);
    const received = progress.map((step) => step.receivedBytes);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toEqual({ fileName: 'a.bin', receivedBytes: content.length, total: content.length });
  });

  test('a file that the server has decompressed on the way is taken as it is, its total unknown', async () => {
    const progress: FetchProgress[] = [];
    const bytes = await fetchReader(base, { onProgress: (step) => progress.push(step) })('encoded.gz');
    expect(Buffer.compare(await gunzip(bytes, 'encoded.gz', content.length), content)).toBe(0);
    expect(progress.at(-1)).toEqual({ fileName: 'encoded.gz', receivedBytes: content.length, total: null });
  });

  test('refuses an error status', async () => {
    await expect(fetchReader(base)('missing.bin')).rejects.toThrow(
      /^missing\.bin could not be fetched: 127\.0\.0\.1:\d+ answered 404 Not Found\.$/,
    );
  });

  test('refuses a web page sent in place of the file', async () => {
    await expect(fetchReader(base)('start-page.bin')).rejects.toThrow(
      /start-page\.bin .* web page instead of the file/,
    );
  });

  test('says how far it got when the connection breaks', async () => {
    await expect(fetchReader(base)('hangs-up.bin')).rejects.toThrow(/hangs-up\.bin stopped after \d+ bytes/);
  });

  test('says so when there is no server', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const reading = fetchReader(`http://127.0.0.1:${port}/`)('a.bin');
    await expect(reading).rejects.toThrow(`a.bin could not be fetched from 127.0.0.1:${port}`);
  });

  test('a cancelled read ends as cancelled', async () => {
    const controller = new AbortController();
    const cancelled = fetchReader(base, { onProgress: () => controller.abort(), signal: controller.signal })('a.bin');
    await expect(cancelled).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});
