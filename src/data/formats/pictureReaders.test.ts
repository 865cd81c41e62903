import { expect, test } from 'vitest';
import { crc32 } from '../archives/crc32.ts';
import { PICTURE_READERS } from './pictureReaders.ts';
import type { PictureFormat } from '../import/recognise.ts';

function read(format: PictureFormat, bytes: readonly number[]) {
  const file = Uint8Array.from(bytes);
  return PICTURE_READERS[format](new DataView(file.buffer), file);
}
const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

test('a box of an AVIF that says a length of nothing is not gone over for ever', () => {
  const ispe = [0, 0, 0, 20, ...letters('ispe'), 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7];
  const endless = [0, 0, 0, 1, ...letters('mdat'), ...new Array<number>(8).fill(0)];
  expect(read('avif', [...ispe, ...endless])).toEqual({ width: 5, height: 7, whole: false });
});

/** A PNG or JPEG of hardly any data, whole but for what it says of its size. */
function claims(width: number, height: number) {
  const side = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  function chunk(name: string, body: readonly number[]): number[] {
    const named = [...letters(name), ...body];
    return [...side(body.length), ...named, ...side(crc32(Uint8Array.from(named)))];
  }
  return {
    png: [
      ...[137, ...letters('PNG'), 13, 10, 26, 10],
      ...chunk('IHDR', [...side(width), ...side(height), 8, 2, 0, 0, 0]),
      ...chunk('IDAT', new Array<number>(100).fill(0)),
      ...chunk('IEND', []),
    ],
    jpeg: [0xff, 0xd8, 0xff, 0xc0, 0, 8, 8, ...side(height).slice(2), ...side(width).slice(2), 1, 0xff, 0xd9],
  };
}

test.each(['png', 'jpeg'] as const)('a %s that says to be larger than its data can be is not whole', (format) => {
  expect(read(format, claims(8, 8)[format])).toEqual({ width: 8, height: 8, whole: true });
  expect(read(format, claims(6000, 6000)[format])).toEqual({ width: 6000, height: 6000, whole: false });
});

test('a bitmap that ends in its head says nothing', () => {
  expect(read('bmp', [...letters('BM'), ...new Array<number>(26).fill(0)])).toBeNull();
});
