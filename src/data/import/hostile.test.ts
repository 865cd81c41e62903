import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCache } from '../store/database.ts';
import type { Cache } from '../store/database.ts';
import { nodeDecode } from '../node/decode.ts';
import { createCacheStore } from '../store/cacheStore.ts';
import { createMemoryStore } from '../store/memoryStore.ts';
import { cifarBatch, cifarPickle, gzip, pngHead, tar, tarGz, zip } from '../testing/archives.ts';
import { noise } from '../testing/noise.ts';
import type { Bytes } from '../types.ts';
import { blobSource } from './byteSource.ts';
import type { Expected } from './expected.ts';
import { importImages } from './importImages.ts';

let cache: Cache;
let databases = 0;

beforeEach(async () => {
  cache = await openCache(`hostile-${databases++}`);
});
afterEach(() => cache.close());

const attempt = (bytes: Bytes, expected?: Expected): Promise<unknown> =>
  importImages({
    name: 'set',
    inputs: [{ kind: 'file', source: blobSource(new Blob([bytes]), 'evil.bin') }],
    keepSide: 160,
    seed: 1,
    store: createCacheStore(cache),
    whenFull: createMemoryStore(),
    decode: nodeDecode,
    expected,
  });

async function refuses(bytes: Bytes, message: string | RegExp, expected?: Expected): Promise<void> {
  await expect(attempt(bytes, expected)).rejects.toThrow(message);
  for (const name of ['imageSets', 'shards', 'shardIndexes', 'downloads', 'parts'] as const)
    expect(await cache.count(name)).toBe(0);
}

const cifar = { 'data_batch_1.bin': cifarBatch(20, 1), 'test_batch.bin': cifarBatch(10, 2) };
const fixture = (name: string): Bytes =>
  new Uint8Array(readFileSync(new URL(`../testing/fixtures/${name}`, import.meta.url)));
const text = (content: string): Bytes => new TextEncoder().encode(content);
function edited(bytes: Bytes, edit: (copy: Bytes) => void): Bytes {
  const copy = bytes.slice();
  edit(copy);
  return copy;
}

/** Sets a tar header's size field (octal, 11 digits, at 124) and its checksum (at 148). */
const withTarSize = (archive: Bytes, octal: string): Bytes =>
  edited(archive, (copy) => {
    copy.set(text(octal), 124);
    copy.fill(32, 148, 156);
    const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    copy.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  });

describe('archives', () => {
  test.each([
    [
      'a web page',
      text('<!DOCTYPE html><html><title>Sign in</title></html>'),
      'evil.bin is a web page, not the dataset',
    ],
    ['nothing', new Uint8Array(), 'evil.bin is empty'],
    ['noise', noise(5000, 1), 'evil.bin is no archive that Fewbit knows'],
    ['weights', text('\x40\0\0\0\0\0\0\0{"__metadata__":{}}'), 'looks like: safetensors'],
  ])('refuses %s', (_, bytes, message) => refuses(bytes, message));

  test('refuses a gzip that is cut short, at any place', async () => {
    const archive = await tarGz(cifar);
    for (const part of [0.3, 0.7, 0.999])
      await refuses(archive.slice(0, Math.floor(archive.length * part)), /evil.bin is damaged or cut short/);
  });

  test('refuses a gzip with a flipped byte', async () => {
    const archive = await tarGz(cifar);
    await refuses(
      edited(archive, (copy) => (copy[Math.floor(copy.length / 2)] ^= 16)),
      'evil.bin',
    );
  });

  test('refuses a tar that is cut short', async () =>
    refuses((await tar(cifar)).slice(0, 40_000), 'evil.bin is damaged or cut short'));

  test('refuses a tar with an absurd size before it reads a byte of the file', async () => {
    await refuses(withTarSize(await tar(cifar), '77777777777'), 'says that data_batch_1.bin is 8589934591 bytes long');
    await refuses(
      edited(await tar(cifar), (copy) => (copy[124] ^= 1)),
      'damaged',
    );
  });

  test.each(['../../etc/passwd.png', '/etc/passwd.png', 'a/../../x.png', 'C:\\x.png', '..\\x.png'])(
    'refuses a file named %s in tar and zip',
    async (name) => {
      await refuses(await tar({ [name]: noise(10, 1) }), 'names a file outside itself');
      await refuses(zip({ [name]: noise(10, 1) }), 'names a file outside itself');
    },
  );

  test('refuses a gzip bomb while it is small', async () => {
    const zeros = new Uint8Array(1024 * 1024);
    let pieces = 0;
    const endless = new ReadableStream<Bytes>({
      pull: (controller) => (pieces++ < 200 ? controller.enqueue(zeros) : controller.close()),
    });
    const bomb = new Uint8Array(await new Response(endless.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
    expect(bomb.length).toBeLessThan(300_000);
    const headed = await gzip(
      new Uint8Array(await new Blob([(await tar({ 'a/1.png': noise(1, 1) })).slice(0, 1024)]).arrayBuffer()),
    );
    await refuses(new Uint8Array(await new Blob([headed, bomb]).arrayBuffer()), /evil.bin/);
    await refuses(bomb, /evil.bin/);
  });

  test('refuses a zip bomb', async () => {
    const bomb = zip({ 'a/1.png': new Uint8Array(100 * 1024 * 1024) });
    expect(bomb.length).toBeLessThan(200_000);
    await refuses(bomb, /says that a\/1.png is \d+ bytes long/);
    // One that lies about the size: 5 bytes, it says.
    const lying = edited(bomb, (copy) => new DataView(copy.buffer).setUint32(22, 5, true));
    await refuses(lying, /says that a\/1.png is \d+ bytes long/);
  });

  test('refuses a zip that is cut short or damaged', async () => {
    const archive = zip({ 'a/1.png': noise(50_000, 1), 'b/1.png': noise(50_000, 2) });
    await refuses(archive.slice(0, 30_000), /evil.bin/);
    await refuses(
      edited(archive, (copy) => new DataView(copy.buffer).setUint32(22, 49_999, true)),
      'evil.bin is damaged or cut short',
    );
  });
});

describe('images', () => {
  test.each([
    [
      'a header of 65,500 x 65,500 pixels',
      pngHead(65_500, 65_500),
      'a/1.png says that it is 65500 x 65500 pixels large',
    ],
    ['a header of 4 billion x 1 pixels', pngHead(4_294_967_295, 1), 'a/1.png says that it is'],
    ['a header and no pixels', pngHead(20, 20), 'a/1.png is damaged: it cannot be decoded'],
    ['no size', pngHead(0, 5), 'a/1.png is damaged: it says nothing of its size'],
    ['a thread', pngHead(30_000, 1), 'a/1.png is 30000 x 1 pixels large, too long'],
    ['a JPEG cut short', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0), 'a/1.png is damaged'],
    ['a WebP cut short', text('RIFF\0\0\0\0WEBPVP8 '), 'a/1.png is damaged: it says nothing of its size'],
    ['TIFF', text('II*\0\x08\0\0\0'), 'a/1.png is neither JPEG nor PNG'],
    ['a web page', text('<!DOCTYPE html>'), 'a/1.png is no picture but looks like: web page'],
    ['nothing', text(''), 'a/1.png is damaged: it is empty'],
  ])('refuses %s', async (_, image, message) => refuses(await tar({ 'a/1.png': image }), message));

  test('refuses an image that lies in no folder, and an archive of none', async () => {
    await refuses(await tar({ '1.png': pngHead(8, 8) }), '1.png lies in no class');
    await refuses(await tar({ 'a/readme.txt': noise(20, 1) }), 'holds no JPEG or PNG images');
  });
});

describe('CIFAR', () => {
  const published: Expected = { images: { train: 20, test: 10 }, balanced: true };

  test('refuses wrong counts, wrong class counts and wrong pixels', async () => {
    await attempt(await tar(cifar), published);
    await createCacheStore(cache).remove('set');
    await refuses(
      await tar({ ...cifar, 'data_batch_2.bin': cifarBatch(10, 3) }),
      'should have 20 images in its train split, but 30 came',
      published,
    );
    const lopsided = edited(cifarBatch(20, 1), (copy) => (copy[0] = 1));
    await refuses(
      await tar({ ...cifar, 'data_batch_1.bin': lopsided }),
      'should have 2 images of each class in its train split, but there are 1 of airplane',
      published,
    );
    const content = { train: '0'.repeat(64), test: '0'.repeat(64) };
    await refuses(await tar(cifar), 'the pixels or labels of its train split are not the published ones', {
      ...published,
      content,
    });
  });

  test('refuses a label that there is not, and a batch cut short', async () => {
    await refuses(
      await tar({ ...cifar, 'data_batch_1.bin': edited(cifarBatch(20, 1), (copy) => (copy[3073] = 10)) }),
      'data_batch_1.bin gives image 1 the label 10',
    );
    await refuses(
      await tar({ ...cifar, 'data_batch_1.bin': cifarBatch(20, 1).slice(0, 50_000) }),
      'data_batch_1.bin is 50000 bytes long',
    );
  });

  test.each([
    ['a call of os.system', text('\x80\x02cos\nsystem\nU\x02lsR.'), 'it asks Python for os.system'],
    ['an opcode that batches do not use', text('\x80\x02}U\x01a\x8c\x01b.'), 'opcode'],
    ['another protocol', text('\x80\x04}.'), 'a pickle of another protocol'],
    ['a dict without images', text('\x80\x02}.'), 'holds no array named data'],
    ['a stack that is empty', text('\x80\x02s.'), 'a value is missing'],
    ['a cut', cifarPickle(cifarBatch(10, 1)).slice(0, 5000), 'it is cut short'],
  ])('refuses a pickle with %s', async (_, pickle, message) => {
    const latin = Uint8Array.from(new TextDecoder().decode(pickle), (letter) => letter.charCodeAt(0));
    const bytes = message === 'it is cut short' ? pickle : latin;
    await refuses(await tar({ data_batch_1: bytes }), message);
  });
});

describe('parquet', () => {
  test('of images and labels comes in', async () => {
    expect(await attempt(fixture('cifar-40.parquet')).catch((error: Error) => error.message)).toContain(
      'has no test images',
    );
  });

  test.each([
    ['text for images', 'text-column.parquet', 'it needs one column of images'],
    ['text for labels', 'text-label.parquet', 'it needs a column of whole numbers named label'],
    ['labels beyond the classes', 'label-99.parquet', /the label of .* is \d+, but there are 2 classes/],
  ])('with %s is refused', (_, name, message) => refuses(fixture(name), message));

  test('cut short or damaged is refused', async () => {
    const whole = fixture('cifar-40.parquet');
    await refuses(whole.slice(0, 60_000), 'evil.bin is damaged or cut short');
    await refuses(
      edited(whole, (copy) => copy.fill(255, copy.length - 200, copy.length - 20)),
      /evil.bin/,
    );
    await refuses(
      edited(whole, (copy) => copy.fill(7, 5000, 5100)),
      /evil.bin/,
    );
  });
});
