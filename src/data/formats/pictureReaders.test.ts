import { expect, test } from 'vitest';
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

test('a bitmap that ends in its head says nothing', () => {
  expect(read('bmp', [...letters('BM'), ...new Array<number>(26).fill(0)])).toBeNull();
});
