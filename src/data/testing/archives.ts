/** Archives made for tests: CIFAR-10's three layouts, folders of images, and files that mean harm. */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { packTar } from 'modern-tar';
import { zipSync } from 'fflate';
import { CIFAR_IMAGE_BYTES } from '../formats/cifarBinary.ts';
import type { Bytes } from '../types.ts';
import { noise } from './noise.ts';

export type Files = Readonly<Record<string, Bytes>>;

export const tar = (files: Files): Promise<Bytes> =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.length, type: 'file' as const, mtime: new Date(0) },
      body,
    })),
  );

export const gzip = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
  );

export const tarGz = async (files: Files): Promise<Bytes> => gzip(await tar(files));

export const zip = (files: Files): Bytes => zipSync({ ...files }) as Bytes;

/** `count` images in CIFAR's binary layout, labels 0, 1, 2 .. in turn. */
export function cifarBatch(count: number, seed: number): Bytes {
  const batch = noise(count * CIFAR_IMAGE_BYTES, seed);
  for (let image = 0; image < count; image++) batch[image * CIFAR_IMAGE_BYTES] = image % 10;
  return batch;
}

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
const u16 = (value: number): number[] => [value & 255, value >> 8];

/** The same images as Python 2's cPickle wrote them (protocol 2): appends by the thousand, one memo entry after the other. */
export function cifarPickle(batch: Bytes): Bytes {
  const count = batch.length / CIFAR_IMAGE_BYTES;
  let memo = 0;
  const put = (): number[] => [0x71, ++memo];
  const short = (text: string): Uint8Array => joinBytes([[0x55, text.length], latin(text)]);
  const labels: number[][] = [];
  for (let image = 0; image < count; image++) {
    if (image % 1000 === 0) labels.push([0x28]);
    labels.push([0x4b, batch[image * CIFAR_IMAGE_BYTES]]);
    if (image % 1000 === 999 || image === count - 1) labels.push([0x65]);
  }
  const pixels = joinBytes(
    Array.from({ length: count }, (_, image) =>
      batch.subarray(image * CIFAR_IMAGE_BYTES + 1, (image + 1) * CIFAR_IMAGE_BYTES),
    ),
  );
  return joinBytes([
    [0x80, 2, 0x7d],
    put(),
    [0x28],
    short('batch_label'),
    put(),
    short('training batch 1 of 5'),
    put(),
    short('labels'),
    put(),
    [0x5d],
    put(),
    ...labels,
    short('data'),
    put(),
    latin('cnumpy.core.multiarray\n_reconstruct\n'),
    put(),
    latin('cnumpy\nndarray\n'),
    put(),
    [0x4b, 0, 0x85],
    put(),
    short('b'),
    put(),
    [0x87],
    put(),
    [0x52],
    put(),
    [0x28, 0x4b, 1, 0x4d, ...u16(count), 0x4d, ...u16(3072), 0x86],
    put(),
    latin('cnumpy\ndtype\n'),
    put(),
    short('u1'),
    put(),
    [0x4b, 0, 0x4b, 1, 0x87],
    put(),
    [0x52],
    put(),
    [0x28, 0x4b, 3],
    short('|'),
    put(),
    [0x4e, 0x4e, 0x4e, 0x4a, ...u32(-1), 0x4a, ...u32(-1), 0x4b, 0, 0x74],
    put(),
    [0x62],
    [0x89, 0x54, ...u32(pixels.length)],
    pixels,
    put(),
    [0x74],
    put(),
    [0x62],
    [0x75, 0x2e],
  ]);
}

/** A PNG's head that says its size and holds nothing. */
export const pngHead = (width: number, height: number): Bytes =>
  joinBytes([
    [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13],
    latin('IHDR'),
    u32(width).reverse(),
    u32(height).reverse(),
    [8, 2, 0, 0, 0, 0, 0, 0, 0],
  ]);
