/** Sessions in onnxruntime-web's WebAssembly, as Node runs it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { closeSession, createSession, measureLatencies, runBatch, threadCount } from './session.ts';
import { countingImages, firstPixelModel } from './testing/firstPixelModel.ts';

/** The first session compiles 14 MB of WebAssembly, which a busy machine takes its time for. */
beforeAll(async () => closeSession(await createSession(firstPixelModel())), 60_000);

test('reads the image shape from the file and lays channels-last images out for it', async () => {
  const opened = await createSession(firstPixelModel());
  expect(opened.inputShape).toEqual([2, 3, 2]);
  expect(opened.threads).toBe(1);
  expect([...(await runBatch(opened, countingImages(2)))]).toEqual([0, 2, 12, 14]);
  await closeSession(opened);
});

test('times as many runs as it was asked to', async () => {
  const opened = await createSession(firstPixelModel());
  const [latency, again] = await measureLatencies([opened, opened], countingImages(3), { warmup: 2, runs: 5 });
  expect(again).toMatchObject({ warmup: 2, runs: 5, batch: 3 });
  expect(latency).toMatchObject({ warmup: 2, runs: 5, batch: 3 });
  expect(latency.p5Ms).toBeGreaterThanOrEqual(0);
  expect(latency.medianMs).toBeGreaterThanOrEqual(latency.p5Ms);
  expect(latency.p95Ms).toBeGreaterThanOrEqual(latency.medianMs);
  await closeSession(opened);
});

test('stops timing when it is told to', async () => {
  const opened = await createSession(firstPixelModel());
  const stopped = measureLatencies([opened], countingImages(1), { warmup: 1, runs: 5, signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(/abort/i);
  await closeSession(opened);
});

test('hears between two runs that it is to stop', async () => {
  const opened = await createSession(firstPixelModel());
  const abort = new AbortController();
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    if (++breaths === 3) abort.abort();
  };
  await expect(
    measureLatencies([opened, opened], countingImages(1), { warmup: 1, runs: 5, signal: abort.signal, breathe }),
  ).rejects.toThrow(/abort/i);
  expect(breaths).toBe(3);
  await closeSession(opened);
});

describe('says in a sentence what it refuses', () => {
  test('a file that is no model', async () => {
    await expect(createSession(Uint8Array.of(1, 2, 3))).rejects.toThrow(/ONNX Runtime refuses this model file: ./);
  });

  test('a truncated file', async () => {
    const bytes = firstPixelModel();
    await expect(createSession(bytes.subarray(0, bytes.length - 20))).rejects.toThrow(
      'ONNX Runtime refuses this model file',
    );
  });

  test('a file whose input is no image', async () => {
    await expect(createSession(firstPixelModel(['batch', 2, 'height', 3]))).rejects.toThrow('no input named "input"');
  });

  test('a batch that is not a whole number of images', async () => {
    const opened = await createSession(firstPixelModel());
    await expect(runBatch(opened, new Float32Array(13))).rejects.toThrow(
      '13 numbers are not a batch of images of 2 x 3 x 2',
    );
    await expect(runBatch(opened, new Float32Array(0))).rejects.toThrow('0 numbers are not a batch');
    await closeSession(opened);
  });
});

test.each([
  [1, true, 1],
  [2, true, 1],
  [3, true, 2],
  [8, true, 4],
  [64, true, 4],
  [8, false, 1],
])('%i cores, isolated %s: %i threads', (cores, isolated, threads) => {
  expect(threadCount(cores, isolated)).toBe(threads);
});
