/** A session in a real browser: the WebAssembly comes from the page's own origin, and runs with threads. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { expect, test } from 'vitest';
import { closeSession, createSession, runBatch } from './session.ts';
import { countingImages, firstPixelModel } from './testing/firstPixelModel.ts';

test('runs with two threads and fetches nothing from elsewhere', async () => {
  expect(crossOriginIsolated).toBe(true);
  const opened = await createSession(firstPixelModel(), { wasmUrl, threads: 2 });
  expect(opened.threads).toBe(2);
  expect([...(await runBatch(opened, countingImages(2)))]).toEqual([0, 2, 12, 14]);
  await closeSession(opened);

  const fetched = performance.getEntriesByType('resource').map(({ name }) => new URL(name, location.href));
  expect(fetched.some(({ pathname }) => pathname.endsWith('ort-wasm-simd-threaded.wasm'))).toBe(true);
  const origins = fetched.filter(({ protocol }) => protocol.startsWith('http')).map(({ origin }) => origin);
  expect(new Set(origins)).toEqual(new Set([location.origin]));
}, 60_000);
