/** Files that mean harm, of every kind that is read: a sentence that names the file, soon, and of bounded memory. */
import { describe, expect, test } from 'vitest';
import { hasUnseen } from '../src/base/plainText.ts';
import { blobSource } from '../src/data/import/byteSource.ts';
import { importImages } from '../src/data/import/importImages.ts';
import { nodeDecode } from '../src/data/node/decode.ts';
import { createMemoryStore } from '../src/data/store/memoryStore.ts';
import { readNewFile } from '../src/lab/data/modelFile.ts';
import { FILE, faultOf } from '../scripts/fuzz/faults.ts';
import { ONNX, SAFETENSORS } from './testing/hostileModels.ts';
import { oddNames, SETS } from './testing/hostileSets.ts';

/** Of computing, on a machine that others use, too. */
const MOST_SECONDS = 2;

async function imported(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const store = createMemoryStore();
  const source = blobSource(new Blob([bytes.slice()]), name);
  const inputs = [{ kind: 'file', source }] as const;
  const request = { name, inputs, keepSide: 16, seed: 1, store, whenFull: store, decode: nodeDecode };
  return (await importImages(request)).manifest.classes;
}

/** What reading says, after how many seconds of computing. */
async function tried(read: () => unknown): Promise<{ readonly error: unknown; readonly seconds: number }> {
  const before = process.cpuUsage();
  const error = await Promise.resolve()
    .then(read)
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  const { user, system } = process.cpuUsage(before);
  return { error, seconds: (user + system) / 1e6 };
}

function requireSentence(name: string, { error, seconds }: Awaited<ReturnType<typeof tried>>): void {
  expect(error, 'it is refused').toBeInstanceOf(Error);
  const { name: kind, message } = error as Error;
  const said = Object.assign(new Error(message.replaceAll(name, FILE)), { name: kind });
  expect(faultOf(said), message).toBeNull();
  expect(seconds).toBeLessThan(MOST_SECONDS);
}

describe('networks that mean harm', () => {
  test.each([...SAFETENSORS, ...ONNX])('%s', async (name, made) => {
    const bytes = made() as Uint8Array<ArrayBuffer>;
    requireSentence(name, await tried(() => readNewFile(bytes, name, undefined)));
  });
});

describe('sets that mean harm', () => {
  test.each(SETS)('%s', async (name, made) => {
    const bytes = made();
    requireSentence(name, await tried(() => imported(name, bytes)));
  });

  test('names that cannot be seen are taken out of the classes', async () => {
    const classes = await imported('names.zip', oddNames());
    expect(classes.length).toBeGreaterThan(1);
    for (const name of classes) expect(hasUnseen(name), name).toBe(false);
  });
});
