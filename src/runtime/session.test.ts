/** Sessions in onnxruntime-web's WebAssembly, as Node runs it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { closeSession, createSession, runBatch } from './session.ts';
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
